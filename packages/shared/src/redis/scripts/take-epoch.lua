-- Begins a leadership, if the elector still holds the lock: raises the epoch, so that whatever an earlier
-- leader still has under way can write nothing any more.
--
-- ARGV  the lock's value, a random token, the leader's id (host:pid:…)
-- Returns the new epoch ("7:token"), or nil when the lock is another's by now.
if redis.call('GET', key('leader-lock')) ~= ARGV[1] then return nil end
local current = redis.call('GET', key('epoch')) or '0:'
local number = tonumber(string.match(current, '^%d+') or '0') + 1
local epoch = digits(number) .. ':' .. ARGV[2]
redis.call('SET', key('epoch'), epoch)
redis.call('HSET', key('leader'), 'id', ARGV[3], 'since', wall_clock(), 'epoch', number)
announce('status', '')
return epoch
