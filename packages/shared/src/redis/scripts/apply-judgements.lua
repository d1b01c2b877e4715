-- Writes what a judgement changes: alerts opened and closed, each with its transition record.
--
-- ARGV  epoch, ms until an alert counts as ongoing, then for each server:
--         name, revision it was judged at, silent (1 | 0), number of changes, then for each change 5:
--         open | close, problem key, alert id, alert version that was read (0 for open), alert (JSON)
-- Returns {1 when the epoch is current else 0, then for each server 1 (applied) or 0 (judged too late)}.
--
-- Races: a heartbeat that came in between has raised the revision and wins: nothing is written, and the
-- server is marked, so that it is judged again. An alert that somebody else changed in between
-- (its version differs) is left alone in the same way. A leader that is none any more writes nothing.
local epoch, becomes_ongoing_after = ARGV[1], tonumber(ARGV[2])
if not leads(epoch) then return { 0 } end

local now = wall_clock()
local results = { 1 }
local at = 3

while at <= #ARGV do
  local name, revision, silent, changes = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local first = at + 4
  at = first + 5 * changes
  local server, open = key('server:' .. name), key('open:' .. name)

  local found = redis.call('HGET', server, 'revision')
  local current = found == revision
  for change = first, at - 1, 5 do
    local kind, problem, id, version = ARGV[change], ARGV[change + 1], ARGV[change + 2], tonumber(ARGV[change + 3])
    if kind == 'open' then
      local other = redis.call('HGET', open, problem)
      current = current and (not other or read_alert(other) == nil)
    else
      local was = read_alert(id)
      current = current and redis.call('HGET', open, problem) == id and was ~= nil and was.version == version
    end
  end

  if not found then
    redis.call('ZREM', key('changed'), name)
    redis.call('ZREM', key('deadlines'), name)
    results[#results + 1] = 1
  elseif current then
    if silent == '1' then
      redis.call('ZREM', key('deadlines'), name)
      redis.call('HSET', server, 'silent', '1')
      redis.call('SREM', key('stopped'), name)
      redis.call('SADD', key('silent'), name)
    end
    redis.call('ZREM', key('changed'), name)
    for change = first, at - 1, 5 do
      local kind, problem, id, alert = ARGV[change], ARGV[change + 1], ARGV[change + 2], ARGV[change + 4]
      redis.call('SET', key('alert:' .. id), alert)
      if kind == 'open' then
        redis.call('HSET', open, problem, id)
        redis.call('ZADD', key('alerts:open'), now, id)
        redis.call('ZADD', key('alerts-of:' .. name), now, id)
        redis.call('ZADD', key('becoming-ongoing'), now + becomes_ongoing_after, id)
        redis.call('XADD', key('transitions'), '*', 'alert', id, 'event', 'created')
      else
        redis.call('HDEL', open, problem)
        redis.call('ZREM', key('alerts:open'), id)
        redis.call('ZADD', key('alerts:closed'), now, id)
        redis.call('ZREM', key('becoming-ongoing'), id)
        redis.call('XADD', key('transitions'), '*', 'alert', id, 'event', 'closed')
      end
      announce('alert', id)
    end
    if changes > 0 or silent == '1' then announce('server', name) end
    results[#results + 1] = 1
  else
    redis.call('ZADD', key('changed'), now, name)
    results[#results + 1] = 0
  end
end
return results
