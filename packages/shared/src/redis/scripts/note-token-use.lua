-- Notes when a token was used last.
--
-- ARGV  id
-- Returns nothing.
--
-- Race: a token that is removed meanwhile must not come back as a record of its use.
local token = key('token:' .. ARGV[1])
if redis.call('EXISTS', token) == 1 then redis.call('HSET', token, 'usedAt', wall_clock()) end
