-- Records what came of one try to send, and lets the next of the same alert and receiver go.
--
-- ARGV  notification id, receiver, attempt that was made, accepted | retry | refused | expired,
--       the receiver's words, ms until the next try
-- Returns 1, or 0 when a later attempt has been claimed meanwhile.
--
-- Fenced by the attempt rather than by the epoch: what a receiver accepted is a fact, also when the
-- leadership ended while it was being sent, and recording it saves people a repeat.
local id, receiver, attempt, outcome, words = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local now = wall_clock()
local notification = key('notification:' .. id)
local was = redis.call('HMGET', notification, 'attempts', 'state', 'alertId', 'event')
if was[1] ~= attempt or was[2] ~= 'waiting' then return 0 end

announce('notification', id)
if outcome == 'retry' then
  local next_attempt = now + tonumber(ARGV[6])
  redis.call('HSET', notification, 'lastError', words, 'nextAttemptAt', next_attempt, 'claimedUntil', 0)
  redis.call('ZADD', key('due:' .. receiver), next_attempt, id)
  return 1
end

redis.call('HSET', notification, 'state', outcome, 'settledAt', now)
redis.call('HDEL', notification, 'nextAttemptAt', 'claimedUntil')
if outcome == 'accepted' then
  redis.call('HSET', notification, 'acceptedAt', now)
else
  redis.call('HSET', notification, 'lastError', words)
end
redis.call('ZREM', key('due:' .. receiver), id)
redis.call('ZREM', key('waiting'), id)
local queue = key('queue:' .. was[3] .. ':' .. receiver)
redis.call('LREM', queue, 1, id)
if outcome ~= 'accepted' and was[4] == 'created' then
  -- Who never heard of the alert is not told that it stands or that it is over.
  redis.call('ZREM', key('reminders'), was[3] .. ' ' .. receiver)
  for _, later in ipairs(redis.call('LRANGE', queue, 0, -1)) do
    redis.call('HSET', key('notification:' .. later), 'state', 'expired', 'heldBecause', 'never-told')
    redis.call('ZREM', key('waiting'), later)
    announce('notification', later)
  end
  redis.call('DEL', queue)
else
  local head = redis.call('LINDEX', queue, 0)
  if head then redis.call('ZADD', key('due:' .. receiver), now, head) end
end
return 1
