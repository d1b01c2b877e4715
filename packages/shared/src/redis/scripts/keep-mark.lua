-- Leaves a process's mark, and tells whether this is still the Redis that the process saw before.
--
-- ARGV  process id, number of its last mark that was acknowledged (0: it begins), number of this mark,
--       when it was acknowledged (ms since 1970, '' for never), a fresh token,
--       then the lineages that the process has known, the present one first
-- Returns {kept | found | adopted, lineage, now (ms since 1970)}.
--
-- A mark that was acknowledged and is not there (or is an older one) means that Redis lost writes: it came back
-- empty, from an older copy, or as a replica that had fallen behind. The data then gets a new lineage, so that of all
-- the processes that notice one announces it (`found`) and the others learn that it was announced (`adopted`).
-- A lineage that a process began (`b:`), because it found none, announced nothing.
local process, acknowledged, number, seen_at, token = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local marks_kept = 7 * 24 * 60 * 60 * 1000

local now = wall_clock()
local lineage = redis.call('GET', key('lineage'))
local mark = redis.call('HGET', key('marks'), process)
redis.call('HSET', key('marks'), process, number .. ':' .. digits(now))

if acknowledged == 0 then
  local marks = redis.call('HGETALL', key('marks'))
  for at = 1, #marks, 2 do
    if tonumber(string.match(marks[at + 1], ':(%d+)$') or '0') < now - marks_kept then
      redis.call('HDEL', key('marks'), marks[at])
    end
  end
  if not lineage then
    lineage = 'b:' .. token
    redis.call('SET', key('lineage'), lineage)
  end
  return { 'kept', lineage, now }
end

local found_number, found_at = string.match(mark or '', '^(%d+):(%d+)$')
if lineage == ARGV[6] and tonumber(found_number or '0') >= acknowledged then return { 'kept', lineage, now } end

local announced = lineage and string.sub(lineage, 1, 2) == 'f:'
for at = 6, #ARGV do
  if ARGV[at] == lineage then announced = false end
end
if announced then return { 'adopted', lineage, now } end

lineage = 'f:' .. token
redis.call('SET', key('lineage'), lineage)
redis.call('SET', key('loss'), cjson.encode({
  foundAt = now,
  lastSeenAt = tonumber(seen_at) or cjson.null,
  keptUntil = tonumber(found_at) or cjson.null,
}))
redis.call('PUBLISH', key('wake'), '')
announce('status', '')
return { 'found', lineage, now }
