-- Removes a user; the sessions of a user that is not there hold no more.
--
-- ARGV  name
-- Returns 1, or 0 when there is no such user.
if redis.call('DEL', key('user:' .. ARGV[1])) == 0 then return 0 end
redis.call('ZREM', key('users'), ARGV[1])
announce('access', '')
return 1
