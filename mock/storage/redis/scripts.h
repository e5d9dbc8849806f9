// The Lua scripts of the shared state. Each is atomic in Redis. Keys have the prefix {NAME}: and these names:
//   meta (epoch, version, contracts, directory, forgotten), tenant:T (origin, entered, number, id, identity, image), log:T (a stream of
//   commits, each with its number), image:T (the state after commit `image`), changed and removed (names of tenants by the number of the
//   directory at which they were entered or removed). docs/state.md describes them.
#pragma once

namespace understudy::redis {

enum class Script { open, append, introduce, remove, read, whole, tenants, image, settle, settle_introduction, settle_removal, clear };

inline constexpr const char* kScripts[] = {
    // open: KEYS meta; ARGV epoch, version, contracts. Returns those of the data, which are made if there are none.
    R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'version', 'contracts')
if meta[1] then return meta end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'version', ARGV[2], 'contracts', ARGV[3], 'directory', 0, 'forgotten', 0)
return {ARGV[1], ARGV[2], ARGV[3]}
)",
    // append: KEYS meta, tenant, log; ARGV epoch, directory or '', origin, id of the last commit, id of the new one or '' to check only,
    // time, commit. Returns 1: done; 0: the tenant or the directory is another one, and nothing was done.
    R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'directory')
if meta[1] ~= ARGV[1] or (ARGV[2] ~= '' and ARGV[2] ~= meta[2]) then return 0 end
local head = redis.call('HMGET', KEYS[2], 'origin', 'id')
if head[1] ~= ARGV[3] or head[2] ~= ARGV[4] then return 0 end
if ARGV[5] ~= '' then
  local number = redis.call('HINCRBY', KEYS[2], 'number', 1)
  redis.call('XADD', KEYS[3], string.format('%.0f-0', number), 'id', ARGV[5], 'at', ARGV[6], 'commit', ARGV[7])
  redis.call('HSET', KEYS[2], 'id', ARGV[5])
end
return 1
)",
    // introduce: KEYS meta, tenant, log, image, changed, removed; ARGV epoch, directory, id, time, commit, number, identity, name.
    R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'directory')
if meta[1] ~= ARGV[1] or meta[2] ~= ARGV[2] then return 0 end
local directory = redis.call('HINCRBY', KEYS[1], 'directory', 1)
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
redis.call('XADD', KEYS[3], ARGV[6] .. '-0', 'id', ARGV[3], 'at', ARGV[4], 'commit', ARGV[5])
redis.call('HSET', KEYS[2], 'origin', ARGV[3], 'entered', directory, 'number', ARGV[6], 'id', ARGV[3], 'identity', ARGV[7])
redis.call('ZADD', KEYS[5], directory, ARGV[8])
redis.call('ZREM', KEYS[6], ARGV[8])
return 1
)",
    // remove: KEYS meta, tenant, log, image, changed, removed; ARGV epoch, directory, name. Remembers the last 10,000 removed names.
    R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'directory')
if meta[1] ~= ARGV[1] or meta[2] ~= ARGV[2] then return 0 end
local directory = redis.call('HINCRBY', KEYS[1], 'directory', 1)
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
redis.call('ZREM', KEYS[5], ARGV[3])
redis.call('ZADD', KEYS[6], directory, ARGV[3])
local more = redis.call('ZCARD', KEYS[6]) - 10000
if more > 0 then
  local popped = redis.call('ZPOPMIN', KEYS[6], more)
  redis.call('HSET', KEYS[1], 'forgotten', popped[#popped])
end
return 1
)",
    // read: KEYS tenant, log, changed, removed; ARGV name, origin, number. Returns origin, number, id, the number of the directory at which
    // the name was entered or removed, and the commits from `number` on.
    R"(
local head = redis.call('HMGET', KEYS[1], 'origin', 'number', 'id')
local changed = redis.call('ZSCORE', KEYS[3], ARGV[1]) or redis.call('ZSCORE', KEYS[4], ARGV[1])
local commits = {}
if head[1] == ARGV[2] then commits = redis.call('XRANGE', KEYS[2], ARGV[3] .. '-0', '+') end
return {head[1] or '', head[2] or '', head[3] or '', changed or '', commits}
)",
    // whole: KEYS tenant, log, image. Returns origin, entered, number, id, identity, number of the image, the image, and the commits after
    // it; an empty list: there is no such tenant.
    R"(
local head = redis.call('HMGET', KEYS[1], 'origin', 'entered', 'number', 'id', 'identity', 'image')
if not head[1] then return {} end
local image = head[6] and redis.call('GET', KEYS[3]) or ''
local first = image ~= '' and '(' .. head[6] .. '-0' or '-'
return {head[1], head[2], head[3], head[4], head[5], head[6] or '0', image, redis.call('XRANGE', KEYS[2], first, '+')}
)",
    // tenants: KEYS meta, changed, removed; ARGV number of the directory. Returns epoch, directory, 1 if all tenants follow, names that
    // were
    // entered since that number, and names that were removed.
    R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'directory', 'forgotten')
local first, all = '(' .. ARGV[1], 0
if tonumber(meta[3] or '0') > tonumber(ARGV[1]) then first, all = '-inf', 1 end
return {meta[1] or '', meta[2] or '', all, redis.call('ZRANGEBYSCORE', KEYS[2], first, '+inf'),
  redis.call('ZRANGEBYSCORE', KEYS[3], first, '+inf')}
)",
    // image: KEYS meta, tenant, log, image; ARGV epoch, origin, number, first number to keep, document.
    R"(
local head = redis.call('HMGET', KEYS[2], 'origin', 'image')
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] or head[1] ~= ARGV[2] then return 0 end
if tonumber(head[2] or '0') >= tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[4], ARGV[5])
redis.call('HSET', KEYS[2], 'image', ARGV[3])
redis.call('XTRIM', KEYS[3], 'MINID', '~', ARGV[4])
return 1
)",
    // settle: whether a commit was stored, and if not, it never will be: an empty commit takes its place. KEYS meta, tenant, log; ARGV
    // epoch, origin, number, id, id of the empty commit, time. Returns 1: stored; 0: not; -1: it cannot be known any more.
    R"(
local head = redis.call('HMGET', KEYS[2], 'origin', 'number')
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] or head[1] ~= ARGV[2] then return 0 end
local found = redis.call('XRANGE', KEYS[3], ARGV[3] .. '-0', ARGV[3] .. '-0')
if found[1] then return found[1][2][2] == ARGV[4] and 1 or 0 end
if tonumber(head[2]) >= tonumber(ARGV[3]) then return -1 end
local number = redis.call('HINCRBY', KEYS[2], 'number', 1)
redis.call('XADD', KEYS[3], string.format('%.0f-0', number), 'id', ARGV[5], 'at', ARGV[6], 'commit', '{"changes":[]}')
redis.call('HSET', KEYS[2], 'id', ARGV[5])
return 0
)",
    // settle_introduction: the same for a new tenant; the directory moves on. KEYS meta, tenant; ARGV epoch, directory, id.
    R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'directory')
if meta[1] ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[2], 'origin') == ARGV[3] then return 1 end
if meta[2] == ARGV[2] then redis.call('HINCRBY', KEYS[1], 'directory', 1) end
return 0
)",
    // settle_removal: the same for a removed tenant. KEYS meta, removed; ARGV epoch, directory, name.
    R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'directory')
if meta[1] ~= ARGV[1] then return 0 end
if tonumber(redis.call('ZSCORE', KEYS[2], ARGV[3]) or '0') == tonumber(ARGV[2]) + 1 then return 1 end
if meta[2] == ARGV[2] then redis.call('HINCRBY', KEYS[1], 'directory', 1) end
return 0
)",
    // clear: removes all tenants; with ARGV[2] = 1 everything. KEYS meta, changed, removed; ARGV prefix, everything.
    R"(
for _, name in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  redis.call('DEL', ARGV[1] .. 'tenant:' .. name, ARGV[1] .. 'log:' .. name, ARGV[1] .. 'image:' .. name)
  redis.call('ZADD', KEYS[3], redis.call('HINCRBY', KEYS[1], 'directory', 1), name)
end
redis.call('DEL', KEYS[2])
if ARGV[2] == '1' then redis.call('DEL', KEYS[1], KEYS[3]) end
return 1
)",
};

}  // namespace understudy::redis
