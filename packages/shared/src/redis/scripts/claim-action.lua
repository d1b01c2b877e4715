-- Claims an action of an alert for the processor that is about to send it, unless the same was done shortly before.
--
-- ARGV  epoch, alert id, version that was read, alert (JSON, the action claimed), when the claim ends (ms since 1970),
--       server, dyno ('' for the whole app), ms in which the same is not done again, ms for which it is remembered
-- Returns {-1} when the epoch is not current, {0} when the alert was changed in between (read again), {1, now} when it
-- is claimed, {2, when, dyno | ''} when it is cooling down since then.
--
-- Race: two processors, or one that died between sending and its answer: only what is claimed is sent, a claim is
-- written before, and nothing is claimed twice. An app's restart is one of each of its dynos.
if not leads(ARGV[1]) then return { -1 } end
local id, server, dyno, cooldown = ARGV[2], ARGV[6], ARGV[7], tonumber(ARGV[8])
local was = read_alert(id)
if was == nil or was.version ~= tonumber(ARGV[3]) then return { 0 } end
local now = wall_clock()
local restarts = key('restarts:' .. server)
for _, other in ipairs({ dyno, '' }) do
  local at = tonumber(redis.call('HGET', restarts, other) or '0')
  if now - at < cooldown then return { 2, at, other } end
end
redis.call('HSET', restarts, dyno, digits(now))
redis.call('PEXPIRE', restarts, ARGV[9])
redis.call('SET', key('alert:' .. id), ARGV[4])
redis.call('ZADD', key('actions'), ARGV[5], id)
announce('alert', id)
return { 1, now }
