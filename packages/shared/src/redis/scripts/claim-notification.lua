-- Takes one due notification for sending, for the length of a lease.
--
-- ARGV  epoch, notification id, receiver, lease in ms, ms after which a notification is too old to send
-- Returns {'claimed', attempts, alert (JSON), event, number}, {'expired', attempts}, {'later'}, or {'lost'} when the
-- epoch is not current.
--
-- A crash while sending repeats the notification when the lease is over, under the same id.
local epoch, id, receiver, lease, window = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if not leads(epoch) then return { 'lost' } end
local now = wall_clock()
local notification = key('notification:' .. id)
local was = redis.call('HMGET', notification, 'alertId', 'event', 'number', 'state', 'createdAt', 'attempts',
  'claimedUntil')
if was[4] ~= 'waiting' then
  redis.call('ZREM', key('due:' .. receiver), id)
  return { 'later' }
end
if tonumber(was[7] or '0') > now then
  redis.call('ZADD', key('due:' .. receiver), was[7], id)
  return { 'later' }
end
if now - tonumber(was[5]) > window then return { 'expired', tonumber(was[6]) } end

local attempts = tonumber(was[6]) + 1
redis.call('HSET', notification, 'attempts', attempts, 'claimedUntil', now + lease)
redis.call('ZADD', key('due:' .. receiver), now + lease, id)
return { 'claimed', attempts, redis.call('GET', key('alert:' .. was[1])) or '', was[2], tonumber(was[3]) }
