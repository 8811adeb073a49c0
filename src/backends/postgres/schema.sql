-- The schema that all migrations together make. Made by `npm run docs:schema`; a test compares it.

create sequence conversation_numbers;

create sequence fences;

create table archives (
  key text collate "C" not null,
  session_id text collate "C" not null,
  place bigint not null generated always as identity,
  conversation bigint not null,
  entry jsonb not null,
  statics jsonb not null,
  reason text not null,
  began_at bigint not null,
  archived_at bigint not null,
  last_seq bigint not null,
  leaf text collate "C",
  former_leaf text collate "C",
  bytes bigint not null,
  constraint archives_pkey PRIMARY KEY (key, session_id)
);

create table conversations (
  conversation bigint not null,
  key text collate "C" not null,
  session_id text collate "C" not null,
  began_at bigint not null,
  constraint conversations_pkey PRIMARY KEY (conversation)
);

create table gone (
  conversation bigint not null,
  constraint gone_pkey PRIMARY KEY (conversation)
);

create table migrations (
  number integer not null,
  name text not null,
  taken_at timestamp with time zone not null default clock_timestamp(),
  constraint migrations_pkey PRIMARY KEY (number)
);

create table records (
  conversation bigint not null,
  seq bigint not null,
  id text collate "C" not null,
  parent_id text collate "C",
  at text not null,
  record json not null,
  constraint records_conversation_id_key UNIQUE (conversation, id),
  constraint records_pkey PRIMARY KEY (conversation, seq)
);

create table removed (
  key text collate "C" not null,
  removed_at timestamp with time zone not null,
  constraint removed_pkey PRIMARY KEY (key)
);

create table sessions (
  key text collate "C" not null,
  agent_id text collate "C" not null,
  key_channel text collate "C",
  conversation bigint not null,
  session_id text collate "C" not null,
  began_at bigint not null,
  rev bigint not null,
  entry jsonb not null,
  statics jsonb not null default '{}'::jsonb,
  channel text collate "C" generated always as (COALESCE(key_channel,
CASE
    WHEN (jsonb_typeof((entry -> 'channel'::text)) = 'string'::text) THEN NULLIF((entry ->> 'channel'::text), ''::text)
    ELSE NULL::text
END,
CASE
    WHEN (jsonb_typeof((entry -> 'lastChannel'::text)) = 'string'::text) THEN NULLIF((entry ->> 'lastChannel'::text), ''::text)
    ELSE NULL::text
END)) stored,
  created_at bigint not null,
  updated_at bigint not null,
  touched_at timestamp with time zone not null default clock_timestamp(),
  last_seq bigint not null default 0,
  leaf text collate "C",
  former_leaf text collate "C",
  bytes bigint not null default 0,
  turn bigint,
  constraint sessions_pkey PRIMARY KEY (key)
);

CREATE INDEX sessions_agent ON sessions USING btree (agent_id, updated_at DESC, key);

CREATE INDEX sessions_channel ON sessions USING btree (channel, updated_at DESC, key) WHERE (channel IS NOT NULL);

CREATE INDEX sessions_updated ON sessions USING btree (updated_at DESC, key);

create table statics (
  hash text collate "C" not null,
  value json not null,
  constraint statics_pkey PRIMARY KEY (hash)
);

create table turns (
  key text collate "C" not null,
  fence bigint not null,
  asked_as uuid not null,
  holder jsonb not null,
  label text,
  started_at bigint not null,
  expires_at timestamp with time zone not null,
  interrupted_at bigint,
  interrupted_reason text,
  overtaken boolean not null default false,
  constraint turns_pkey PRIMARY KEY (key)
);

create table waiters (
  id uuid not null,
  key text collate "C" not null,
  place bigint not null generated always as identity,
  interrupts boolean not null,
  expires_at timestamp with time zone not null,
  constraint waiters_pkey PRIMARY KEY (id)
);

CREATE INDEX waiters_key ON waiters USING btree (key);

create table watchers (
  id uuid not null,
  expires_at timestamp with time zone not null,
  constraint watchers_pkey PRIMARY KEY (id)
);

CREATE OR REPLACE FUNCTION begin_turn(p_key text, p_holder jsonb, p_label text, p_lease_ms integer, p_waiter uuid, p_interrupts boolean, p_waits boolean, p_waiter_ms integer)
 RETURNS TABLE(granted boolean, fence bigint, started_at bigint, former jsonb, running bigint, remaining_ms double precision, head boolean)
 LANGUAGE plpgsql
 SET search_path TO current, 'pg_temp'
AS $function$
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
  $function$;

CREATE OR REPLACE FUNCTION channel_of(about text)
 RETURNS text
 LANGUAGE sql
 STABLE
RETURN ((('holdfast_'::text || md5(("current_schema"())::text)) || '_'::text) || about);

CREATE OR REPLACE FUNCTION end_turn(p_key text, p_fence bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO current, 'pg_temp'
AS $function$
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
  $function$;

CREATE OR REPLACE FUNCTION interrupt_turn(p_key text, p_reason text)
 RETURNS TABLE(fence bigint, asked_now boolean)
 LANGUAGE plpgsql
 SET search_path TO current, 'pg_temp'
AS $function$
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
  $function$;

CREATE OR REPLACE FUNCTION now_ms()
 RETURNS bigint
 LANGUAGE sql
RETURN (floor((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric)))::bigint;

CREATE OR REPLACE FUNCTION overtake_turn(p_key text, p_fence bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO current, 'pg_temp'
AS $function$
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
  $function$;

CREATE OR REPLACE FUNCTION remove_session(p_key text, p_rev bigint, p_session_id text, p_fence bigint)
 RETURNS TABLE(former_turn bigint)
 LANGUAGE plpgsql
 SET search_path TO current, 'pg_temp'
AS $function$
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
  $function$;

CREATE OR REPLACE FUNCTION stop_waiting(p_key text, p_waiter uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO current, 'pg_temp'
AS $function$
  begin
    perform from sessions where key = p_key for update;
    delete from waiters where id = p_waiter;
    perform tell_turn(p_key, 'free', 0, null);
  end
  $function$;

CREATE OR REPLACE FUNCTION tell(p_key text, p_kind text, p_rev bigint)
 RETURNS void
 LANGUAGE sql
 SET search_path TO current, 'pg_temp'
AS $function$
    select pg_notify(channel_of('changes'), json_build_array(p_kind, p_rev, p_key)::text)
    where exists (select from watchers where expires_at > clock_timestamp())
  $function$;

CREATE OR REPLACE FUNCTION tell_turn(p_key text, p_kind text, p_fence bigint, p_reason text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO current, 'pg_temp'
AS $function$
    select pg_notify(channel_of('turns'), json_build_array(p_kind, p_fence, p_key, p_reason)::text)
  $function$;
