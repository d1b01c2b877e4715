-- Decides the reminders that are due.
--
-- ARGV  epoch, then for each 3: alert id, receiver, ms until the next one ('' ends them)
-- Returns 1, or 0 when the epoch is not current.
--
-- A reminder that was not sent yet is replaced by the next, and those missed during an outage of ours
-- are not made up: the next is due one interval from now.
if not leads(ARGV[1]) then return 0 end
local now = wall_clock()

for at = 2, #ARGV, 3 do
  local alert_id, receiver, every = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local conversation = alert_id .. ' ' .. receiver
  local due = tonumber(redis.call('ZSCORE', key('reminders'), conversation) or digits(now + 1))
  local alert = read_alert(alert_id)
  if due <= now then
    if every == '' or not alert or alert.state == 'closed' then
      redis.call('ZREM', key('reminders'), conversation)
    else
      redis.call('ZADD', key('reminders'), now + tonumber(every), conversation)
      local queue = key('queue:' .. alert_id .. ':' .. receiver)
      local last = redis.call('LINDEX', queue, -1)
      local unsent = last and redis.call('HMGET', key('notification:' .. last), 'event', 'claimedUntil')
      if unsent and unsent[1] == 'ongoing' and tonumber(unsent[2] or '0') <= now then
        redis.call('RPOP', queue)
        redis.call('ZREM', key('due:' .. receiver), last)
        redis.call('ZREM', key('waiting'), last)
        redis.call('HSET', key('notification:' .. last), 'state', 'expired', 'heldBecause', 'replaced')
        announce('notification', last)
      end
      local number = redis.call('HINCRBY', key('reminders-of:' .. alert_id), receiver, 1)
      local id = alert_id .. '.' .. receiver .. '.ongoing.' .. number
      redis.call('HSET', key('notification:' .. id), 'alertId', alert_id, 'receiver', receiver, 'event', 'ongoing',
        'number', number, 'state', 'waiting', 'createdAt', now, 'attempts', 0)
      redis.call('RPUSH', key('notifications-of:' .. alert_id), id)
      redis.call('ZADD', key('waiting'), now, id)
      if redis.call('RPUSH', queue, id) == 1 then redis.call('ZADD', key('due:' .. receiver), now, id) end
      announce('notification', id)
    end
  end
end
return 1
