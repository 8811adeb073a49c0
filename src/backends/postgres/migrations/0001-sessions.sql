-- Sessions, their transcripts, archives and turns.
--
-- The row of a session in `sessions` is its lock: everything that changes a session changes that row
-- first, so that all of it is in one order, and no other session's row is ever touched with it.
-- Texts that jsonb can not hold (U+0000, lone surrogates) are escaped by the client.

create sequence conversation_numbers;

-- Fences are never used twice, in the whole store: a removed session's turns stay worth nothing.
create sequence fences;

create table sessions (
  key          text collate "C" primary key,
  agent_id     text collate "C" not null,
  -- The channel that the key names.
  key_channel  text collate "C",
  -- The conversation that is active under the key: its number here, and its name everywhere.
  conversation bigint not null,
  session_id   text collate "C" not null,
  began_at     bigint not null,
  rev          bigint not null,
  entry        jsonb not null,
  -- Fields whose values are stored once for all sessions: name to hash. They are not in `entry`.
  statics      jsonb not null default '{}',
  channel      text collate "C" generated always as (coalesce(
                 key_channel,
                 case when jsonb_typeof(entry -> 'channel') = 'string' then nullif(entry ->> 'channel', '') end,
                 case when jsonb_typeof(entry -> 'lastChannel') = 'string' then nullif(entry ->> 'lastChannel', '') end
               )) stored,
  -- Milliseconds since the epoch, by the server's clock.
  created_at   bigint not null,
  updated_at   bigint not null,
  -- The last change of any kind, for watchers that were cut off.
  touched_at   timestamptz not null default clock_timestamp(),
  last_seq     bigint not null default 0,
  leaf         text collate "C",
  -- The leaf before the last record was appended: its parent.
  former_leaf  text collate "C",
  bytes        bigint not null default 0,
  -- The fence of the turn that runs or was cut off.
  turn         bigint
);

create index sessions_updated on sessions (updated_at desc, key);
create index sessions_agent on sessions (agent_id, updated_at desc, key);
create index sessions_channel on sessions (channel, updated_at desc, key) where channel is not null;

create table records (
  conversation bigint not null,
  seq          bigint not null,
  id           text collate "C" not null,
  parent_id    text collate "C",
  at           text not null,
  -- The record without id, parent, time and seq, exactly as it was given.
  record       json not null,
  primary key (conversation, seq),
  unique (conversation, id)
);

-- Whose records are under a number: what the first line of a transcript says on files. Enough to
-- make an archive of records that something else than Holdfast has taken the rest from.
create table conversations (
  conversation bigint primary key,
  key          text collate "C" not null,
  session_id   text collate "C" not null,
  began_at     bigint not null
);

create table archives (
  key          text collate "C" not null,
  session_id   text collate "C" not null,
  place        bigint generated always as identity,
  conversation bigint not null,
  entry        jsonb not null,
  statics      jsonb not null,
  reason       text not null,
  began_at     bigint not null,
  archived_at  bigint not null,
  last_seq     bigint not null,
  leaf         text collate "C",
  former_leaf  text collate "C",
  bytes        bigint not null,
  primary key (key, session_id)
);

-- Large values that several sessions hold, by the SHA-256 of their JSON.
create table statics (
  hash         text collate "C" primary key,
  value        json not null
);

-- The lease of the turn that runs, was cut off, or was overtaken and not yet followed by another.
create table turns (
  key          text collate "C" primary key,
  fence        bigint not null,
  -- Which try to begin was granted, so that it may be asked again when its answer was lost.
  asked_as     uuid not null,
  holder       jsonb not null,
  label        text,
  started_at   bigint not null,
  expires_at   timestamptz not null,
  interrupted_at     bigint,
  interrupted_reason text,
  overtaken    boolean not null default false
);

-- Who waits for a turn, in order; a waiter that stopped asking is not waited for.
create table waiters (
  id           uuid primary key,
  key          text collate "C" not null,
  place        bigint generated always as identity,
  interrupts   boolean not null,
  expires_at   timestamptz not null
);

create index waiters_key on waiters (key);

-- Sessions that were removed of late, for watchers that were cut off.
create table removed (
  key          text collate "C" primary key,
  removed_at   timestamptz not null
);

-- Conversations that are gone and whose records are still to be deleted, a few at a time.
create table gone (
  conversation bigint primary key
);

-- Who watches. While nobody does, commits tell nothing: a notification takes a lock of the database.
create table watchers (
  id           uuid primary key,
  expires_at   timestamptz not null
);

create function now_ms() returns bigint
  language sql volatile
  return floor(extract(epoch from clock_timestamp()) * 1000)::bigint;

create function channel_of(about text) returns text
  language sql stable
  return 'holdfast_' || md5(current_schema()) || '_' || about;

-- Tells watchers of a change, when there are any.
create function tell(p_key text, p_kind text, p_rev bigint) returns void
  language sql volatile set search_path from current
  as $$
    select pg_notify(channel_of('changes'), json_build_array(p_kind, p_rev, p_key)::text)
    where exists (select from watchers where expires_at > clock_timestamp())
  $$;

-- Tells processes that wait for a turn or hold one.
create function tell_turn(p_key text, p_kind text, p_fence bigint, p_reason text) returns void
  language sql volatile set search_path from current
  as $$
    select pg_notify(channel_of('turns'), json_build_array(p_kind, p_fence, p_key, p_reason)::text)
  $$;

-- One try to begin a turn. The caller has seen to it that the session exists; it is told otherwise
-- with no row. `head`: nobody else is before the caller.
create function begin_turn(
  p_key text, p_holder jsonb, p_label text, p_lease_ms integer,
  p_waiter uuid, p_interrupts boolean, p_waits boolean, p_waiter_ms integer
) returns table (
  granted boolean, fence bigint, started_at bigint, former jsonb,
  running bigint, remaining_ms double precision, head boolean
)
  language plpgsql volatile set search_path from current
  as $$
  #variable_conflict use_column
  declare
    s record;
    t turns;
    mine bigint;
    held boolean;
    ahead boolean;
  begin
    select sessions.turn, sessions.rev into s from sessions where sessions.key = p_key for update;
    if not found then return; end if;
    -- Read after the lock was had, so that nothing of it can change below us but the end of the lease.
    select * into t from turns where turns.key = p_key for update;
    held := coalesce(t.fence = s.turn and t.expires_at > clock_timestamp(), false);
    if held and t.asked_as = p_waiter then
      return query select true, t.fence, t.started_at, null::jsonb, null::bigint, null::double precision, true;
      return;
    end if;
    select waiters.place into mine from waiters where waiters.id = p_waiter;
    ahead := exists (
      select from waiters w
      where w.key = p_key and w.id <> p_waiter and w.expires_at > clock_timestamp()
        and (w.interrupts and not p_interrupts
          or w.interrupts = p_interrupts and (mine is null or w.place < mine))
    );
    if held or ahead then
      if p_waits then
        insert into waiters as w (id, key, interrupts, expires_at)
        values (p_waiter, p_key, p_interrupts, clock_timestamp() + p_waiter_ms * interval '1 ms')
        on conflict (id) do update set expires_at = excluded.expires_at;
      end if;
      return query select false, null::bigint, null::bigint, null::jsonb,
        case when held then t.fence end,
        case when held then extract(epoch from t.expires_at - clock_timestamp())::double precision * 1000 end,
        not ahead;
      return;
    end if;
    delete from waiters where waiters.id = p_waiter or waiters.key = p_key and waiters.expires_at < clock_timestamp();
    if t.overtaken or t.fence = s.turn then
      former := jsonb_build_object('fence', t.fence, 'holder', t.holder, 'label', t.label,
        'startedAt', t.started_at, 'ended', case when t.overtaken then 'overtaken' else 'cut-off' end);
    end if;
    granted := true;
    fence := nextval('fences');
    started_at := now_ms();
    head := true;
    update sessions set turn = begin_turn.fence, touched_at = clock_timestamp() where sessions.key = p_key;
    insert into turns as w (key, fence, asked_as, holder, label, started_at, expires_at)
    values (p_key, begin_turn.fence, p_waiter, p_holder, p_label, begin_turn.started_at,
      clock_timestamp() + p_lease_ms * interval '1 ms')
    on conflict (key) do update set
      fence = excluded.fence, asked_as = excluded.asked_as, holder = excluded.holder, label = excluded.label,
      started_at = excluded.started_at, expires_at = excluded.expires_at,
      interrupted_at = null, interrupted_reason = null, overtaken = false;
    perform tell(p_key, 'turn', s.rev);
    return next;
  end
  $$;

-- Ends a turn, unless it is over already. Waiters hear of it.
create function end_turn(p_key text, p_fence bigint) returns boolean
  language plpgsql volatile set search_path from current
  as $$
  declare
    current_rev bigint;
  begin
    update sessions set turn = null, touched_at = clock_timestamp() where key = p_key and turn = p_fence returning rev into current_rev;
    if not found then return false; end if;
    delete from turns where key = p_key and fence = p_fence;
    perform tell_turn(p_key, 'free', p_fence, null);
    perform tell(p_key, 'turn', current_rev);
    return true;
  end
  $$;

-- Asks the running turn to stop. No row: none is running.
create function interrupt_turn(p_key text, p_reason text) returns table (fence bigint, asked_now boolean)
  language plpgsql volatile set search_path from current
  as $$
  #variable_conflict use_column
  declare
    s record;
    t turns;
  begin
    select sessions.turn, sessions.rev into s from sessions where sessions.key = p_key for update;
    if not found or s.turn is null then return; end if;
    select * into t from turns where turns.key = p_key and turns.fence = s.turn and turns.expires_at > clock_timestamp() for update;
    if not found then return; end if;
    fence := t.fence;
    asked_now := t.interrupted_at is null;
    if asked_now then
      update turns set interrupted_at = now_ms(), interrupted_reason = p_reason where turns.key = p_key;
      update sessions set touched_at = clock_timestamp() where sessions.key = p_key;
      perform tell_turn(p_key, 'interrupt', t.fence, p_reason);
      perform tell(p_key, 'turn', s.rev);
    end if;
    return next;
  end
  $$;

-- Takes a turn away whose grace is over. The next one learns whose it was.
create function overtake_turn(p_key text, p_fence bigint) returns boolean
  language plpgsql volatile set search_path from current
  as $$
  declare
    current_rev bigint;
  begin
    update sessions set turn = null, touched_at = clock_timestamp() where key = p_key and turn = p_fence returning rev into current_rev;
    if not found then return false; end if;
    update turns set overtaken = true, expires_at = clock_timestamp() where key = p_key and fence = p_fence;
    perform tell_turn(p_key, 'lost', p_fence, 'overtaken');
    perform tell(p_key, 'turn', current_rev);
    return true;
  end
  $$;

-- Stops waiting; whoever is behind may be the next.
create function stop_waiting(p_key text, p_waiter uuid) returns void
  language plpgsql volatile set search_path from current
  as $$
  begin
    perform from sessions where key = p_key for update;
    delete from waiters where id = p_waiter;
    perform tell_turn(p_key, 'free', 0, null);
  end
  $$;

-- Removes a session with all that is its own. `former_turn` is the turn that it lost.
create function remove_session(p_key text, p_rev bigint, p_session_id text, p_fence bigint)
  returns table (former_turn bigint)
  language plpgsql volatile set search_path from current
  as $$
  declare
    s record;
  begin
    select turn, rev, session_id, conversation into s from sessions where key = p_key for update;
    if not found or s.rev <> p_rev or s.session_id <> p_session_id then return; end if;
    if p_fence is not null and not exists (
      select from turns where key = p_key and fence = p_fence and s.turn = p_fence and expires_at > clock_timestamp()
    ) then
      return;
    end if;
    insert into gone (conversation)
      select s.conversation union all select conversation from archives where key = p_key;
    delete from archives where key = p_key;
    delete from turns where key = p_key;
    delete from sessions where key = p_key;
    insert into removed (key, removed_at) values (p_key, clock_timestamp())
      on conflict (key) do update set removed_at = excluded.removed_at;
    if s.turn is not null then perform tell_turn(p_key, 'lost', s.turn, 'remove'); end if;
    perform tell(p_key, 'remove', 0);
    former_turn := s.turn;
    return next;
  end
  $$;
