-- Records what came of one try to send, and lets the next of the same alert and receiver go.
--
-- ARGV  notification id (or a group's), receiver, attempt that was made,
--       accepted | retry | refused | expired, the receiver's words, ms until the next try, why by name, what the
--       receiver gave for the message ('' for nothing), by which it finds it again
-- Returns 1, or 0 when a later attempt has been claimed meanwhile.
--
-- Fenced by the attempt rather than by the epoch: what a receiver accepted is a fact, also when the
-- leadership ended while it was being sent, and recording it saves people a repeat.
local id, receiver, attempt, outcome, words, reason = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[7]
local now = wall_clock()
local was = redis.call('HMGET', key('notification:' .. id), 'attempts', 'state', 'isGroup')
if was[1] ~= attempt or was[2] ~= 'waiting' then return 0 end

local function note(one)
  local notification = key('notification:' .. one)
  if outcome == 'retry' then
    redis.call('HSET', notification, 'lastError', words, 'nextAttemptAt', now + tonumber(ARGV[6]), 'claimedUntil', 0)
  else
    redis.call('HSET', notification, 'state', outcome, 'settledAt', now)
    redis.call('HDEL', notification, 'nextAttemptAt', 'claimedUntil')
    if outcome == 'accepted' then
      redis.call('HSET', notification, 'acceptedAt', now)
      -- Whoever has only just heard that the alert opened is reminded one interval after that.
      local of = redis.call('HMGET', notification, 'remindEvery', 'alertId')
      if of[1] then redis.call('ZADD', key('reminders'), 'XX', now + tonumber(of[1]), of[2] .. ' ' .. receiver) end
    else
      redis.call('HSET', notification, 'lastError', words)
    end
    redis.call('ZREM', key('due:' .. receiver), one)
    end_waiting(one, receiver)
  end
end

-- What stands behind it in the queue may go, or is of no use any more.
local function go_on(one)
  local fields = redis.call('HMGET', key('notification:' .. one), 'alertId', 'event')
  local alert_id, event = fields[1], fields[2]
  local queue = key('queue:' .. alert_id .. ':' .. receiver)
  redis.call('LREM', queue, 1, one)
  if outcome ~= 'accepted' and event == 'created' then
    -- Who never heard of the alert is not told that it stands or that it is over.
    redis.call('ZREM', key('reminders'), alert_id .. ' ' .. receiver)
    for _, later in ipairs(redis.call('LRANGE', queue, 0, -1)) do
      expire(later, receiver, 'never-told')
    end
    redis.call('DEL', queue)
  else
    local head = redis.call('LINDEX', queue, 0)
    if head then redis.call('ZADD', key('due:' .. receiver), now, head) end
  end
end

if ARGV[8] ~= '' then redis.call('HSET', key('notification:' .. id), 'receipt', ARGV[8]) end

-- How the receiver fares, for the page of receivers and for whoever watches the monitor.
local function note_health()
  local health = key('receiver:' .. receiver)
  if outcome == 'accepted' then
    redis.call('HSET', health, 'acceptedAt', now, 'failures', 0)
  else
    redis.call('HSET', health, 'failedAt', now, 'failure', words)
    redis.call('HINCRBY', health, 'failures', 1)
  end
end

local members = { id }
if was[3] then
  members = redis.call('LRANGE', key('members:' .. id), 0, -1)
  note(id)
end
-- What came too late was not tried.
if outcome ~= 'expired' then
  count('attempts|' .. receiver .. '|' .. outcome .. '|' .. reason)
  note_health()
end
if outcome ~= 'retry' then count('notifications|' .. receiver .. '|' .. outcome .. '|' .. reason, #members) end
for _, one in ipairs(members) do
  note(one)
  announce('notification', one)
  if outcome ~= 'retry' then go_on(one) end
end
if outcome == 'retry' then redis.call('ZADD', key('due:' .. receiver), now + tonumber(ARGV[6]), id) end
return 1
