-- Has the leader send one test message to a receiver, now.
--
-- ARGV  notification id, receiver, ms for which the record is kept
-- Returns 1, or 0 when the leader knows no such receiver.
--
-- It goes the way of every notification, so that what is tried is what an alert would go through; only it
-- is about no alert, is tried once, and is of no use a minute later.
local id, receiver = ARGV[1], ARGV[2]
local known = false
for _, told in ipairs(cjson.decode(redis.call('GET', key('receivers')) or '[]')) do
  if told.name == receiver then known = true end
end
if not known then return 0 end
local now = wall_clock()
local notification = key('notification:' .. id)
redis.call('HSET', notification, 'alertId', '', 'receiver', receiver, 'event', 'test', 'number', 0,
  'state', 'waiting', 'createdAt', now, 'readyAt', now, 'attempts', 0)
redis.call('PEXPIRE', notification, ARGV[3])
begin_waiting(id, receiver, now)
redis.call('ZADD', key('due:' .. receiver), now, id)
redis.call('PUBLISH', key('wake'), '')
return 1
