-- Forgets a server: its alerts close, and everything that is known of it goes.
--
-- ARGV  server, ms for which its last sentAt is remembered, then for each open alert 4:
--       problem key, id, version that was read, alert (JSON, closed)
-- Returns 1, -1 when there is no such server, or 0 when its alerts changed in between: read again.
--
-- Race: a leader may be judging it; without a revision nothing of that is written. What was sent last is
-- remembered, so that nobody brings the server back with a recorded heartbeat; and so is a revocation.
local name, remember = ARGV[1], tonumber(ARGV[2])
local server, open = key('server:' .. name), key('open:' .. name)
local was = redis.call('HMGET', server, 'revision', 'sentAt', 'generation')
-- One that Redis lost may still have an alert, which was put back.
if not was[1] and redis.call('EXISTS', open) == 0 then return -1 end
if redis.call('HLEN', open) ~= (#ARGV - 2) / 4 then return 0 end
for at = 3, #ARGV, 4 do
  local alert = read_alert(ARGV[at + 1])
  if redis.call('HGET', open, ARGV[at]) ~= ARGV[at + 1] then return 0 end
  if alert ~= nil and alert.version ~= tonumber(ARGV[at + 2]) then return 0 end
end

local now = wall_clock()
for at = 3, #ARGV, 4 do
  local id, alert = ARGV[at + 1], ARGV[at + 3]
  redis.call('SET', key('alert:' .. id), alert)
  redis.call('ZREM', key('alerts:open'), id)
  redis.call('ZADD', key('alerts:closed'), now, id)
  redis.call('ZREM', key('becoming-ongoing'), id)
  leave_open(ARGV[at], id)
  redis.call('XADD', key('transitions'), '*', 'alert', id, 'event', 'closed')
  announce('alert', id)
end
if was[2] then redis.call('SET', key('replay:' .. name), was[2], 'PX', remember) end
if tonumber(was[3] or '0') > 0 then redis.call('HSET', key('generations'), name, was[3]) end
redis.call('DEL', server, open, key('facts:' .. name), key('alerts-of:' .. name), key('app-events:' .. name),
  key('app-seen:' .. name))
local tables = redis.call('SMEMBERS', key('history-tables:' .. name))
for _, history in ipairs(tables) do
  history = name .. '/' .. history
  redis.call('DEL', key('history:' .. history), key('history-minutes:' .. history), key('history-rows:' .. history))
end
redis.call('DEL', key('history-tables:' .. name), key('history:' .. name), key('history-minutes:' .. name),
  key('history-rows:' .. name))
-- What was counted of an app's log: parts of ten minutes, of five, and minutes that wait for their row.
local parts = { key('log-source:' .. name), key('log-tail:' .. name), key('log-minutes:' .. name) }
for part = math.floor(now / 600000) - 7, math.floor(now / 600000) do
  parts[#parts + 1] = key('log-counts:' .. name .. ':' .. digits(part))
end
for part = math.floor(now / 300000) - 2, math.floor(now / 300000) do
  parts[#parts + 1] = key('log-frames:' .. name .. ':' .. digits(part))
end
for _, minute in ipairs(redis.call('SMEMBERS', key('log-minutes:' .. name))) do
  parts[#parts + 1] = key('log-minute:' .. name .. ':' .. minute)
  parts[#parts + 1] = key('log-times:' .. name .. ':' .. minute)
end
redis.call('DEL', unpack(parts))
redis.call('ZREM', key('log-minutes-due'), name)
for _, set in ipairs({ 'servers', 'deadlines', 'lateness', 'changed', 'judge-again' }) do
  redis.call('ZREM', key(set), name)
end
for _, set in ipairs({ 'silent', 'stopped', 'unknown', 'log-unjudged' }) do redis.call('SREM', key(set), name) end
announce('server', name)
redis.call('PUBLISH', key('wake'), '')
return 1
