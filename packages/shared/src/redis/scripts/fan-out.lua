-- Turns transitions into notifications, once: the transition record goes in the same step.
--
-- ARGV  epoch, then for each transition:
--         stream id, alert id, event, number of notifications, then for each 4:
--         notification id, receiver, ms until the first reminder ('' for none), why it is told, in words
-- Returns 1, or 0 when the epoch is not current.
--
-- Notifications of one alert to one receiver form a queue, since nobody should hear "closed" before
-- "created": only the head of the queue is due. A closing replaces reminders that were not sent, and what is held.
-- Whoever did not hear that an alert opened, since that was held or refused, hears nothing more of it.
if not leads(ARGV[1]) then return 0 end
local now = wall_clock()

-- Ends what is in the queue and was not sent.
local function drop(alert_id, receiver, id, because)
  redis.call('LREM', key('queue:' .. alert_id .. ':' .. receiver), 1, id)
  redis.call('ZREM', key('due:' .. receiver), id)
  redis.call('ZREM', key('held'), id)
  expire(id, receiver, because)
end

-- The first in the queue may go: what stood before it may have been dropped.
local function let_head_go(queue, receiver)
  local head = redis.call('LINDEX', queue, 0)
  if not head then return end
  local was = redis.call('HMGET', key('notification:' .. head), 'state', 'group')
  if was[1] == 'waiting' and not was[2] then redis.call('ZADD', key('due:' .. receiver), 'NX', now, head) end
end

-- The closing tells more than a reminder that nobody is sending, and than what is held: that would hold it back as well.
local function drop_outdated(alert_id, receiver)
  local queue = key('queue:' .. alert_id .. ':' .. receiver)
  for _, id in ipairs(redis.call('LRANGE', queue, 0, -1)) do
    local was = redis.call('HMGET', key('notification:' .. id), 'event', 'claimedUntil', 'group', 'state', 'heldBecause')
    if was[4] == 'held' then
      drop(alert_id, receiver, id, was[5] or 'held')
    elseif was[1] == 'ongoing' and withdraw_reminder(id, receiver, was[2], was[3]) then
      drop(alert_id, receiver, id, 'replaced')
    end
  end
  let_head_go(queue, receiver)
end

-- Whether the receiver is to hear of what follows the opening.
local function hears(alert_id, receiver, event)
  local created = alert_id .. '.' .. receiver .. '.created'
  local was = redis.call('HMGET', key('notification:' .. created), 'state', 'heldBecause')
  if was[1] == 'accepted' or was[1] == 'waiting' then return true end
  if was[1] == 'held' and event == 'closed' then
    -- With what waits behind it, such as that it flaps.
    for _, id in ipairs(redis.call('LRANGE', key('queue:' .. alert_id .. ':' .. receiver), 0, -1)) do
      drop(alert_id, receiver, id, was[2] or 'held')
    end
  end
  return false
end

-- What happened to a Heroku app opens and closes nothing: nobody has to have heard of anything before.
local events_told_within = 7 * 86400000

local function notify(alert_id, event, id, receiver, remind_every, route)
  if event == 'created' then
    if remind_every ~= '' then
      redis.call('ZADD', key('reminders'), now + tonumber(remind_every), alert_id .. ' ' .. receiver)
    end
  end
  -- Until then whoever is still to hear that it opened, since that is held, is to be reminded later on.
  if event == 'closed' then redis.call('ZREM', key('reminders'), alert_id .. ' ' .. receiver) end
  if event ~= 'created' and event ~= 'happened' and not hears(alert_id, receiver, event) then return end
  if event == 'closed' then drop_outdated(alert_id, receiver) end
  enqueue(id, alert_id, receiver, event, 0, now, route)
  if event == 'created' and remind_every ~= '' then
    redis.call('HSET', key('notification:' .. id), 'remindEvery', remind_every)
  end
  if event == 'happened' then
    -- As long as its record: nothing closes that would have these removed with it. From the lists housekeeping takes it.
    redis.call('ZADD', key('happened'), now, id)
    redis.call('PEXPIRE', key('notification:' .. id), events_told_within)
    redis.call('PEXPIRE', key('notifications-of:' .. alert_id), events_told_within)
    redis.call('PEXPIRE', key('queue:' .. alert_id .. ':' .. receiver), events_told_within)
  end
end

local at = 2
while at <= #ARGV do
  local stream_id, alert_id, event, count = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local first = at + 4
  at = first + 4 * count
  if redis.call('XDEL', key('transitions'), stream_id) == 1 then
    for next = first, at - 1, 4 do
      notify(alert_id, event, ARGV[next], ARGV[next + 1], ARGV[next + 2], ARGV[next + 3])
    end
  end
end
return 1
