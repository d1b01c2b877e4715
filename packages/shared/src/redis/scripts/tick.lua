-- Moves the observed clock on; every API instance that could serve calls it every 100 ms.
--
-- ARGV  1 when the caller could not serve at some moment since its last tick, else 0
-- Returns {observed, settling (1 | 0), now (ms since 1970)}.
--
-- A gap of over 1 s was unwatched: it is recorded and not added, and the clock stands still for a
-- settling time after it (twice the gap, 3 s at least and 30 s at most), since by then every agent's back-off has ended.
-- A clock that was set back counts nothing. A shorter gap was unwatched too when the caller could not serve in
-- it, unless other instances ticked meanwhile: a Redis that is away for less than a second again and again
-- must not bring anybody's deadline nearer.
local longest_watched_gap = 1000
local others_watched = 300
local shortest_settling = 3000
local longest_settling = 30000
local windows_kept = 50

local now = wall_clock()
local clock = redis.call('HMGET', key('clock'), 'observed', 'tickAt', 'settleUntil')
local observed = tonumber(clock[1] or '0')
local tick_at = tonumber(clock[2] or digits(now))
local settle_until = tonumber(clock[3] or '0')
local gap = now - tick_at

if gap > longest_watched_gap or (ARGV[1] == '1' and gap > others_watched) then
  local settling = math.min(math.max(2 * gap, shortest_settling), longest_settling)
  local from = digits(tick_at)
  -- Before the clock had settled after the last one: nothing could be found silent in between, so it is one blindness.
  local last = redis.call('ZREVRANGE', key('blindness'), 0, 0)[1]
  if last and tick_at < settle_until then
    from = string.match(last, '^(%d+)-') or from
    redis.call('ZREM', key('blindness'), last)
  end
  settle_until = math.max(settle_until, now + settling)
  redis.call('ZADD', key('blindness'), now, from .. '-' .. digits(now))
  redis.call('ZREMRANGEBYRANK', key('blindness'), 0, -windows_kept - 1)
  announce('status', '')
elseif gap >= 0 then
  observed = observed + math.max(0, now - math.max(tick_at, settle_until))
else
  -- The clock went back by `-gap`; a settling that was under way keeps its length.
  settle_until = math.max(0, settle_until + gap)
end
redis.call('HSET', key('clock'), 'observed', digits(observed), 'tickAt', now, 'settleUntil', digits(settle_until))
return { observed, now < settle_until and 1 or 0, now }
