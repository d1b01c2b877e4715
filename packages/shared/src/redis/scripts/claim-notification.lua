-- Takes one due notification, or one due group of them, for sending, for the length of a lease.
--
-- ARGV  epoch, notification id, receiver, lease in ms, ms after which a notification is too old to send
-- Returns {'claimed', attempts, event, number, then for each alert 5: alert (JSON), id of the notification
-- that began its thread, the receipt for that ('' for none), how many alerts that was about, why this receiver is told
-- ('' unknown)},
-- {'expired', attempts}, {'later'}, or {'lost'} when the epoch is not current.
--
-- A crash while sending repeats the notification when the lease is over, under the same id.
local epoch, id, receiver, lease, window = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if not leads(epoch) then return { 'lost' } end
local now = wall_clock()
local notification = key('notification:' .. id)
local was = redis.call('HMGET', notification, 'alertId', 'event', 'number', 'state', 'readyAt', 'attempts',
  'claimedUntil', 'isGroup')
if was[4] ~= 'waiting' then
  redis.call('ZREM', key('due:' .. receiver), id)
  -- Its record has ended by itself: a test that was not sent in its time, an event of a week ago.
  if not was[4] then end_waiting(id, receiver) end
  return { 'later' }
end
if tonumber(was[7] or '0') > now then
  redis.call('ZADD', key('due:' .. receiver), was[7], id)
  return { 'later' }
end
-- Who asked for a test waits for it now.
if was[2] == 'test' then window = 60000 end
if now - tonumber(was[5]) > window then return { 'expired', tonumber(was[6]) } end

local attempts = tonumber(was[6]) + 1
local claimed = { 'claimed', attempts, was[2], tonumber(was[3]) }

local function add(member_id, alert_id)
  local created = alert_id .. '.' .. receiver .. '.created'
  local root = redis.call('HGET', key('notification:' .. created), 'group') or created
  if was[2] == 'happened' then root = member_id end
  claimed[#claimed + 1] = redis.call('GET', key('alert:' .. alert_id)) or ''
  claimed[#claimed + 1] = root
  claimed[#claimed + 1] = redis.call('HGET', key('notification:' .. root), 'receipt') or ''
  claimed[#claimed + 1] = root == created and 1 or redis.call('LLEN', key('members:' .. root))
  claimed[#claimed + 1] = redis.call('HGET', key('notification:' .. member_id), 'route') or ''
  redis.call('HSET', key('notification:' .. member_id), 'attempts', attempts, 'claimedUntil', now + lease)
end

if was[8] then
  for _, member in ipairs(redis.call('LRANGE', key('members:' .. id), 0, -1)) do
    add(member, redis.call('HGET', key('notification:' .. member), 'alertId'))
  end
elseif was[2] ~= 'test' then
  add(id, was[1])
end
redis.call('HSET', notification, 'attempts', attempts, 'claimedUntil', now + lease)
redis.call('ZADD', key('due:' .. receiver), now + lease, id)
return claimed
