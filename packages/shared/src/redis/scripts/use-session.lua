-- Reads a session with its user, and moves its idle end on.
--
-- ARGV  session (the hash of its secret), idle time in ms, 1 when it is being used
-- Returns {user, role, ms until it ends unused, when it ends in any case}, or nothing when it does not hold.
--
-- Race: a password that changes, or a user who is removed, at the same moment: user and session are read at once,
-- and a session never outlives what it was made under.
local id, idle, used = key('session:' .. ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local session = redis.call('HMGET', id, 'user', 'stamp', 'usedAt', 'endsAt')
if not session[1] then return nil end
local user = redis.call('HMGET', key('user:' .. session[1]), 'stamp', 'role')
local now, ends_at = wall_clock(), tonumber(session[4])
if user[1] ~= session[2] or now >= ends_at then
  redis.call('DEL', id)
  return nil
end
local used_at = tonumber(session[3])
if now - used_at >= idle then
  redis.call('DEL', id)
  return nil
end
-- Once a minute is enough: not every answer needs a write.
if used and now - used_at >= math.min(60000, idle / 10) then
  used_at = now
  redis.call('HSET', id, 'usedAt', now)
  redis.call('PEXPIRE', id, digits(math.min(idle, ends_at - now)))
end
return { session[1], user[2], used_at + idle, ends_at }
