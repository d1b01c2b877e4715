-- Lengthens the claim on a notification that is still being sent.
--
-- ARGV  epoch, notification id, receiver, attempt, lease in ms
-- Returns 1, or 0 when the claim is another's by now.
if not leads(ARGV[1]) then return 0 end
local notification = key('notification:' .. ARGV[2])
local was = redis.call('HMGET', notification, 'attempts', 'state')
if was[1] ~= ARGV[4] or was[2] ~= 'waiting' then return 0 end
local claimed_until = wall_clock() + tonumber(ARGV[5])
redis.call('HSET', notification, 'claimedUntil', claimed_until)
redis.call('ZADD', key('due:' .. ARGV[3]), claimed_until, ARGV[2])
return 1
