-- Deletes alerts that closed long ago, with their notifications and every mark of them, and what was told of events.
--
-- ARGV  epoch, ms since 1970 before which they closed, how many records to delete at most, before which events happened
-- Returns 1 while there is more to delete, 0 when done, -1 when the epoch is not current.
--
-- Bounded by records rather than by alerts, since one that stood for months has thousands of reminders: of
-- such a one the oldest go first, and the alert itself with its last. A group goes with its last member.
if not leads(ARGV[1]) then return -1 end
local before, left = ARGV[2], tonumber(ARGV[3])

local function drop(id, receiver)
  redis.call('DEL', key('notification:' .. id))
  redis.call('ZREM', key('due:' .. receiver), id)
  redis.call('ZREM', key('notifications'), id)
  redis.call('ZREM', key('held'), id)
  end_waiting(id, receiver)
end

local function drop_notification(alert_id, id)
  local was = redis.call('HMGET', key('notification:' .. id), 'receiver', 'group')
  local receiver, group = was[1] or '', was[2]
  drop(id, receiver)
  redis.call('DEL', key('queue:' .. alert_id .. ':' .. receiver))
  redis.call('ZREM', key('reminders'), alert_id .. ' ' .. receiver)
  if not group then return end
  redis.call('LREM', key('members:' .. group), 0, id)
  if redis.call('EXISTS', key('members:' .. group)) == 0 then drop(group, receiver) end
end

local function drop_alert(id)
  local alert = read_alert(id)
  if alert and type(alert.server) == 'string' then redis.call('ZREM', key('alerts-of:' .. alert.server), id) end
  redis.call('DEL', key('alert:' .. id), key('reminders-of:' .. id))
  redis.call('ZREM', key('becoming-ongoing'), id)
  redis.call('ZREM', key('actions'), id)
  redis.call('ZREM', key('alerts:closed'), id)
end

while left > 0 do
  local id = redis.call('ZRANGEBYSCORE', key('alerts:closed'), '-inf', '(' .. before, 'LIMIT', 0, 1)[1]
  if not id then break end
  local notifications = key('notifications-of:' .. id)
  local ids = redis.call('LRANGE', notifications, 0, left - 1)
  for _, notification in ipairs(ids) do drop_notification(id, notification) end
  redis.call('LTRIM', notifications, #ids, -1)
  if redis.call('EXISTS', notifications) == 0 then drop_alert(id) end
  left = left - #ids - 1
end
if left <= 0 then return 1 end

local told = redis.call('ZRANGEBYSCORE', key('happened'), '-inf', '(' .. ARGV[4], 'LIMIT', 0, left)
for _, id in ipairs(told) do
  drop(id, string.match(id, '^[^.]*%.([^.]*)%.') or '')
  redis.call('ZREM', key('happened'), id)
end
return #told < left and 0 or 1
