-- Decides the reminders that are due.
--
-- ARGV  epoch, then for each 4: alert id, receiver, ms until the next one ('' ends them), why it is left out this
--       time (silenced, acknowledged …; '' when it is not)
-- Returns 1, or 0 when the epoch is not current.
--
-- A reminder that was not sent yet is replaced by the next, and those missed during an outage of ours
-- are not made up: the next is due one interval from now. With the one that is left out the one before it goes.
if not leads(ARGV[1]) then return 0 end
local now = wall_clock()

-- Takes the last in the queue away when it is a reminder that nobody is sending.
local function drop_unsent(queue, receiver, because)
  local last = redis.call('LINDEX', queue, -1)
  if not last then return end
  local was = redis.call('HMGET', key('notification:' .. last), 'event', 'claimedUntil', 'group')
  if was[1] ~= 'ongoing' or not withdraw_reminder(last, receiver, was[2], was[3]) then return end
  redis.call('RPOP', queue)
  redis.call('ZREM', key('due:' .. receiver), last)
  expire(last, receiver, because)
end

local function remind(alert_id, receiver)
  local created = redis.call('HGET', key('notification:' .. alert_id .. '.' .. receiver .. '.created'), 'state')
  -- Who has not heard that it opened is told that first, when it can be; a reminder beside it would say nothing more.
  if created ~= 'accepted' then return end
  drop_unsent(key('queue:' .. alert_id .. ':' .. receiver), receiver, 'replaced')
  local number = redis.call('HINCRBY', key('reminders-of:' .. alert_id), receiver, 1)
  local id = alert_id .. '.' .. receiver .. '.ongoing.' .. number
  enqueue(id, alert_id, receiver, 'ongoing', number, now)
end

for at = 2, #ARGV, 4 do
  local alert_id, receiver, every, left_out = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local conversation = alert_id .. ' ' .. receiver
  local due = tonumber(redis.call('ZSCORE', key('reminders'), conversation) or digits(now + 1))
  if due <= now then
    local alert = read_alert(alert_id)
    if every == '' or not alert or alert.state == 'closed' then
      redis.call('ZREM', key('reminders'), conversation)
    else
      redis.call('ZADD', key('reminders'), now + tonumber(every), conversation)
      if left_out == '' then
        remind(alert_id, receiver)
      else
        drop_unsent(key('queue:' .. alert_id .. ':' .. receiver), receiver, left_out)
      end
    end
  end
end
return 1
