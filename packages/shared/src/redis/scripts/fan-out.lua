-- Turns transitions into notifications, once: the transition record goes in the same step.
--
-- ARGV  epoch, then for each transition:
--         stream id, alert id, event (created | closed), number of notifications, then for each 3:
--         notification id, receiver, ms between reminders ('' for none)
-- Returns 1, or 0 when the epoch is not current.
--
-- Notifications of one alert to one receiver form a queue, since nobody should hear "closed" before
-- "created": only the head of the queue is due. A closing replaces reminders that were not sent.
if not leads(ARGV[1]) then return 0 end
local now = wall_clock()

local function drop_unsent_reminders(alert_id, receiver)
  local queue = key('queue:' .. alert_id .. ':' .. receiver)
  for _, id in ipairs(redis.call('LRANGE', queue, 0, -1)) do
    local notification = key('notification:' .. id)
    local was = redis.call('HMGET', notification, 'event', 'claimedUntil')
    if was[1] == 'ongoing' and tonumber(was[2] or '0') <= now then
      redis.call('LREM', queue, 1, id)
      redis.call('ZREM', key('due:' .. receiver), id)
      redis.call('ZREM', key('waiting'), id)
      redis.call('HSET', notification, 'state', 'expired', 'heldBecause', 'replaced')
      announce('notification', id)
    end
  end
end

local at = 2
while at <= #ARGV do
  local stream_id, alert_id, event, count = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local first = at + 4
  at = first + 3 * count
  if redis.call('XDEL', key('transitions'), stream_id) == 1 then
    for next = first, at - 1, 3 do
      local id, receiver, remind_every = ARGV[next], ARGV[next + 1], ARGV[next + 2]
      local conversation = alert_id .. ' ' .. receiver
      if event == 'closed' then
        redis.call('ZREM', key('reminders'), conversation)
        drop_unsent_reminders(alert_id, receiver)
      elseif remind_every ~= '' then
        redis.call('ZADD', key('reminders'), now + tonumber(remind_every), conversation)
      end
      redis.call('HSET', key('notification:' .. id), 'alertId', alert_id, 'receiver', receiver, 'event', event,
        'number', 0, 'state', 'waiting', 'createdAt', now, 'attempts', 0)
      redis.call('RPUSH', key('notifications-of:' .. alert_id), id)
      redis.call('ZADD', key('waiting'), now, id)
      if redis.call('RPUSH', key('queue:' .. alert_id .. ':' .. receiver), id) == 1 then
        redis.call('ZADD', key('due:' .. receiver), now, id)
      end
      announce('notification', id)
    end
  end
end
return 1
