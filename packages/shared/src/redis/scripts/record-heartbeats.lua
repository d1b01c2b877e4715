-- Records heartbeats that one API instance verified in one turn of its event loop.
--
-- ARGV  half hours of history to keep, how many servers this partition may hold, then for each heartbeat 2 (not
--       more, since each costs the API and Redis as much as writing a field):
--       server, sentAt, intervalMs, graceMs, ms until it is late ('': it never counts as late), generation, digest,
--         id of the api_key that it was signed with ('' one without a name, '?' not known), ms for which its sender
--         alone may report ('': not by the Heroku poller), whether it says that it cannot be observed
--         ('' | unobserved), goodbye's author ('': none | agent | operator), its length in ms ('' | number | forever),
--         history's values (history.lua): these 13 with a space between them, then a line each for bootId and
--         history's columns
--       facts (JSON)
-- Returns {now, then for each heartbeat a pair}:
--       {1, dueAt}       accepted; dueAt is -1 when it has no deadline (a goodbye for good)
--       {2, lastSentAt}  refused: sentAt is not greater than the last accepted one
--       {3, generation}  refused: the key's generation was revoked; the server's is the one told
--       {4, most}        refused: a new name, and the partition is full
--       {5, ms}          not taken: another poller reports, and may for so long still
--
-- Race: a heartbeat may come while the processor judges the same server silent. It raises the server's
-- revision, and the judgement is written only at the revision that it was made from.
local per_heartbeat = 2
local fields = '^(%S+) (%S+) (%S+) (%S+) (%S*) (%S+) (%S+) (%S*) (%S*) (%S*) (%S*) (%S*) (%S*)\n([^\n]*)\n()'
local history_row = 30
local history
local history_kept, most_servers = tonumber(ARGV[1]), tonumber(ARGV[2])
local forever = 'forever'
local ends_goodbye_for_good_after = 300000

local now = wall_clock()
local clock = redis.call('HMGET', key('clock'), 'observed', 'tickAt', 'settleUntil')
local observed = tonumber(clock[1] or '0')
local tick_at = tonumber(clock[2] or '0')
local settle_until = tonumber(clock[3] or '0')
-- The time since the last tick, exactly as far as the next tick will add it: never before the deadline,
-- and not a tick late either.
if now - tick_at <= 1000 and now >= tick_at then
  observed = observed + math.max(0, now - math.max(tick_at, settle_until))
end
local settling = math.max(0, settle_until - now)

local minute = math.floor(now / 60000)
local now_text = digits(now)

local results = { now }
local woken = false

-- What each heartbeat writes into keys that all share is written at the end, in one command for all; a later
-- heartbeat of the same server replaces what an earlier one left here.
local deadlines, lateness, facts_of = {}, {}, {}
local some_unknown = redis.call('SCARD', key('unknown')) > 0

local function is_full() return redis.call('ZCARD', key('servers')) >= most_servers end

-- How long another poller may still report, in ms; 0 when there is none.
local function lease_of_another(boot_id)
  local held = redis.call('HMGET', key('poller-lease'), 'bootId', 'until')
  if not held[1] or held[1] == boot_id then return 0 end
  return math.max(0, tonumber(held[2]) - now)
end

-- A poller that stops lets the next one go at once.
local function lease_to(boot_id, lease, ends)
  local held = redis.call('HMGET', key('poller-lease'), 'bootId', 'until')
  local last = now + tonumber(lease)
  if ends then last = 0 elseif held[1] == boot_id then last = math.max(last, tonumber(held[2])) end
  redis.call('HSET', key('poller-lease'), 'bootId', boot_id, 'until', digits(last))
end

local function record(at)
  local name, sent, interval, grace, late_after, generation, digest, key_set, lease, unobserved, author, length, values,
    boot_id, columns_at = string.match(ARGV[at], fields)
  local sent_at, status = tonumber(sent), author == '' and 'up' or 'stopping'
  local server = key('server:' .. name)
  local was = redis.call('HMGET', server, 'sentAt', 'receivedAt', 'interval', 'grace', 'bootId', 'digest', 'status',
    'silent', 'keySet', 'revision', 'generation', 'byeUntil')
  local is_new = not was[1]

  -- A server that was forgotten keeps its generation, and for some minutes what was sent last.
  local server_generation = tonumber(was[11] or (is_new and redis.call('HGET', key('generations'), name)) or '0')
  if tonumber(generation) < server_generation then return 3, server_generation end
  -- One poller reports all apps: two that take turns would each spend half of Heroku's rate limit for nothing.
  if lease ~= '' then
    local left = lease_of_another(boot_id)
    if left > 0 then return 5, left end
  end
  local last_sent_at = tonumber(was[1] or redis.call('GET', key('replay:' .. name)) or '0')
  if sent_at <= last_sent_at then return 2, last_sent_at end
  -- Counted here, so that many new names at once, on any number of instances, never pass the bound together.
  if is_new and is_full() and not redis.call('ZSCORE', key('servers'), name) then return 4, most_servers end
  if lease ~= '' then lease_to(boot_id, lease, name == 'heroku-poller' and status == 'stopping') end

  local bye_was = was[12] or ''
  local bye_until, bye_by = bye_was, ''
  if bye_until ~= '' then
    local bye = redis.call('HMGET', server, 'byeBy', 'byeBoot', 'byeSentAt')
    bye_by = bye[1] or ''
    local another_boot = boot_id ~= '' and bye[2] and bye[2] ~= '' and boot_id ~= bye[2]
    local over
    if bye_until == forever then
      over = sent_at > tonumber(bye[3]) + ends_goodbye_for_good_after
    else
      over = observed >= tonumber(bye_until)
    end
    if another_boot or over then bye_until, bye_by = '', '' end
  end
  local bye_changed = bye_until ~= bye_was
  if status == 'stopping' then
    local floor = length == forever and forever or digits(observed + tonumber(length))
    local operators_stands = bye_by == 'operator' and author == 'agent'
      and (bye_until == forever or (floor ~= forever and tonumber(bye_until) > tonumber(floor)))
    if not operators_stands then
      bye_until, bye_by, bye_changed = floor, author, true
      redis.call('HSET', server, 'byeBoot', boot_id, 'byeSentAt', sent, 'byeAt', now_text)
    end
  end

  local due, due_at = '', -1
  if bye_until == forever then
    deadlines[name] = nil
    redis.call('ZREM', key('deadlines'), name)
  else
    local deadline = observed + tonumber(grace)
    if bye_until ~= '' then deadline = math.max(deadline, tonumber(bye_until)) end
    due, due_at = digits(deadline), now + settling + deadline - observed
    deadlines[name] = due
  end
  if bye_changed then redis.call('HSET', server, 'byeUntil', bye_until, 'byeBy', bye_by) end

  if is_new then
    redis.call('ZADD', key('servers'), 0, name)
    redis.call('HSET', server, 'firstAt', now_text, 'generation', server_generation)
  end
  if unobserved ~= '' then
    redis.call('SADD', key('unknown'), name)
    some_unknown = true
  elseif some_unknown then
    redis.call('SREM', key('unknown'), name)
  end
  -- One machine never goes back to an earlier boot: A, B, A are two machines under one name.
  local last_boot_id = was[5] or ''
  if lease == '' and boot_id ~= '' and last_boot_id ~= '' and boot_id ~= last_boot_id then
    if boot_id == redis.call('HGET', server, 'earlierBootId') then
      redis.call('HSET', server, 'alternatedAt', now_text)
    end
    redis.call('HSET', server, 'earlierBootId', last_boot_id)
  end
  local was_silent = was[8] == '1'
  -- The first heartbeat of a minute is the minute's; what the last one left tells of the minutes between.
  local begins_minute = is_new or math.floor(tonumber(was[2]) / 60000) ~= minute
  local due_was = begins_minute and not is_new and redis.call('HGET', server, 'due')

  local revision = tonumber(was[10] or '0') + 1
  local as_before = interval == was[3] and grace == was[4] and boot_id == was[5] and digest == was[6]
    and status == was[7] and not was_silent and key_set == was[9]
  if as_before then
    redis.call('HSET', server, 'sentAt', sent, 'receivedAt', now_text, 'due', due, 'dueAt', digits(due_at),
      'revision', revision)
  else
    redis.call('HSET', server, 'sentAt', sent, 'receivedAt', now_text, 'interval', interval, 'grace', grace,
      'due', due, 'dueAt', digits(due_at), 'revision', revision, 'bootId', boot_id, 'digest', digest,
      'status', status, 'silent', '0', 'keySet', key_set)
  end
  facts_of[name] = ARGV[at + 1]

  if begins_minute then
    history = history or open_history()
    history.append(name, minute, string.sub(ARGV[at], columns_at), values, history.up, function(first, last)
      if is_new then return string.rep(history.unknown, last - first + 1) end
      local left = { received_at = was[2], due = due_was, status = was[7], bye_until = bye_was, grace = was[4],
        silence = history.silence_of(name) }
      return history.silent_minutes(first, last, left, history.blind_since(was[2], tick_at, now), observed, now)
    end, history_row, history_kept)
  end

  -- After a goodbye for good it may still report for a while: it is stopped all the same.
  local is_stopped = status == 'stopping' or bye_until == forever
  if is_stopped then
    redis.call('SADD', key('stopped'), name)
    lateness[name] = nil
    redis.call('ZREM', key('lateness'), name)
  elseif late_after ~= '' then
    local late = observed + tonumber(late_after)
    -- Nor is one late within the time that an operator named, although it reported once more before it went.
    if bye_by == 'operator' then late = math.max(late, tonumber(bye_until)) end
    lateness[name] = digits(late)
  end
  if not is_stopped and (was[7] == 'stopping' or was_silent or bye_was == forever) then
    redis.call('SREM', key('stopped'), name)
  end
  if was_silent then redis.call('SREM', key('silent'), name) end
  if is_new or was_silent or bye_changed or digest ~= was[6] or status ~= was[7] then
    redis.call('ZADD', key('changed'), now_text, name)
    announce('server', name)
    woken = true
  end
  return 1, due_at
end

-- A record that cannot be read ends the call with an error; what the heartbeats before it wrote must be whole by then.
local fault
for at = 3, #ARGV, per_heartbeat do
  local recorded, code, value = pcall(record, at)
  if not recorded then
    fault = code
    break
  end
  results[#results + 1] = code
  results[#results + 1] = value
end

local function add_all(name, scores)
  local added = {}
  for member, score in pairs(scores) do
    added[#added + 1] = score
    added[#added + 1] = member
  end
  if #added > 0 then redis.call('ZADD', key(name), unpack(added)) end
end
add_all('deadlines', deadlines)
add_all('lateness', lateness)
local texts = {}
for name, text in pairs(facts_of) do
  texts[#texts + 1] = key('facts:' .. name)
  texts[#texts + 1] = text
end
if #texts > 0 then redis.call('MSET', unpack(texts)) end
if woken then redis.call('PUBLISH', key('wake'), '') end
if fault then error(fault, 0) end
return results
