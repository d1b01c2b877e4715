-- Puts open alerts back that Redis lost, with what people had heard of them.
--
-- ARGV  for each alert: id, server ('' for the fleet), problem key, alert (JSON, open), when it opened, its state,
--         number of receivers that heard of it, then for each of these:
--           receiver, id of the notification by which it heard, number of the last reminder,
--           number of the notification's fields and values, each of them
-- Returns how many were put back.
--
-- Without an epoch, since the process that remembers need not be the leader. Instead nothing that is there is
-- touched: what is known of the alert (it may have closed meanwhile), or an alert that was opened for the
-- same problem since, goes before what a process remembers. Its server is marked, so that it is judged.
local first_reminder = 60000
local now = wall_clock()
local put_back = 0
local at = 1
while at <= #ARGV do
  local id, server, problem, alert = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local opened_at, state, told = ARGV[at + 4], ARGV[at + 5], tonumber(ARGV[at + 6])
  at = at + 7
  local open = key('open:' .. server)
  local is_missing = redis.call('EXISTS', key('alert:' .. id)) == 0 and redis.call('HEXISTS', open, problem) == 0
  if is_missing then
    put_back = put_back + 1
    redis.call('SET', key('alert:' .. id), alert)
    redis.call('HSET', open, problem, id)
    redis.call('ZADD', key('alerts:open'), opened_at, id)
    redis.call('SADD', key('alerts-in:' .. problem_kind(problem) .. ':' .. state), id)
    if server ~= '' then redis.call('ZADD', key('alerts-of:' .. server), opened_at, id) end
    if state == 'created' then redis.call('ZADD', key('becoming-ongoing'), now, id) end
    if redis.call('EXISTS', key('server:' .. server)) == 1 then redis.call('ZADD', key('changed'), now, server) end
    announce('alert', id)
  end
  for _ = 1, told do
    local receiver, notification, reminder, count = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
    if is_missing then
      redis.call('HSET', key('notification:' .. notification), unpack(ARGV, at + 4, at + 3 + count))
      redis.call('RPUSH', key('notifications-of:' .. id), notification)
      redis.call('ZADD', key('notifications'), opened_at, notification)
      redis.call('ZADD', key('reminders'), now + first_reminder, id .. ' ' .. receiver)
      if reminder ~= '0' then redis.call('HSET', key('reminders-of:' .. id), receiver, reminder) end
    end
    at = at + 4 + count
  end
end
if put_back > 0 then redis.call('PUBLISH', key('wake'), '') end
return put_back
