-- Gives a user another role, another password or, with a new stamp alone, an end to all sessions.
--
-- ARGV  name, role ('' leaves it), password's hash ('' leaves it), stamp ('' leaves it)
-- Returns 1, or 0 when there is no such user: one that was removed meanwhile does not come back in part.
local name, role, password, stamp = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local user = key('user:' .. name)
if redis.call('EXISTS', user) == 0 then return 0 end
if role ~= '' then redis.call('HSET', user, 'role', role) end
if password ~= '' then redis.call('HSET', user, 'password', password) end
if stamp ~= '' then redis.call('HSET', user, 'stamp', stamp) end
redis.call('HSET', user, 'changedAt', wall_clock())
announce('access', '')
return 1
