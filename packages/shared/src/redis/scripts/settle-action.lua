-- Writes what came of an action of an alert; what waited for that is asked about.
--
-- ARGV  alert id, version that was read, alert (JSON, the action settled), when its next action is to be looked at (ms
--       since 1970, '' for none), kind of action, its state, then of one that was surely not done: server, dyno ('' for
--       the whole app), when it was claimed ('' for all else)
-- Returns 1, or 0 when the alert was changed in between: then it is to be read again.
--
-- Without an epoch, since what Heroku answered is a fact, whoever leads by now. What was not done cools nothing down.
local id, due = ARGV[1], ARGV[4]
local was = read_alert(id)
if was == nil or was.version ~= tonumber(ARGV[2]) then return 0 end
redis.call('SET', key('alert:' .. id), ARGV[3])
if due == '' then redis.call('ZREM', key('actions'), id) else redis.call('ZADD', key('actions'), due, id) end
count('actions|' .. ARGV[5] .. '|' .. ARGV[6])
local restarts = key('restarts:' .. ARGV[7])
if ARGV[9] ~= '' and redis.call('HGET', restarts, ARGV[8]) == ARGV[9] then redis.call('HDEL', restarts, ARGV[8]) end
ask_about_held(id)
announce('alert', id)
return 1
