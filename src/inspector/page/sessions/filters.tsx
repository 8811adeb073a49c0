import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Count, SessionRowState, SessionsPage, SessionsQuery } from '../../wire.ts';
import { after } from '../browser/clock.ts';
import { count } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';

interface FiltersProps {
  query: SessionsQuery;
  head: SessionsPage | undefined;
  search: RefObject<HTMLInputElement>;
  onChange: (query: SessionsQuery) => void;
}

const TYPING_MS = 120;
const HOUR = 3_600_000;
const STATES: readonly (readonly [string, string])[] = [
  ['running', 'Running'],
  ['waiting', 'Waiting'],
  ['cut-off', 'Cut off'],
  ['idle', 'Idle'],
];
const AGES: readonly (readonly [string, string])[] = [
  [String(HOUR / 12), 'Last 5 minutes'],
  [String(HOUR), 'Last hour'],
  [String(24 * HOUR), 'Last day'],
  [String(7 * 24 * HOUR), 'Last week'],
  [String(30 * 24 * HOUR), 'Last month'],
];

/** The search box and the filters beside it. */
export function Filters({ query, head, search, onChange }: FiltersProps) {
  const set = (name: keyof SessionsQuery, value: string | number | undefined): void => {
    const { [name]: _former, ...rest } = query;
    onChange(value ? { ...rest, [name]: value } : rest);
  };
  const { sort, reverse, ...filters } = query;
  const filtered = Object.keys(filters).length > 0;
  return (
    <search class="filters">
      <SearchBox value={query.q ?? ''} place={search} onChange={(text) => set('q', text)} />
      <Choice
        name="Agent"
        value={query.agent}
        options={counts(head?.agents, query.agent)}
        onChange={(value) => set('agent', value)}
      />
      <Choice
        name="Channel"
        value={query.channel}
        options={counts(head?.channels, query.channel)}
        onChange={(value) => set('channel', value)}
      />
      <Choice
        name="Turn"
        value={query.state}
        options={STATES}
        onChange={(value) => set('state', value as SessionRowState)}
      />
      <Choice
        name="Changed"
        value={query.age && String(query.age)}
        options={AGES}
        onChange={(value) => set('age', Number(value))}
      />
      {filtered && (
        <button
          type="button"
          class="button is-plain"
          onClick={() => onChange({ ...(sort && { sort }), ...(reverse && { reverse }) })}
        >
          Clear
        </button>
      )}
    </search>
  );
}

interface SearchBoxProps {
  value: string;
  place: RefObject<HTMLInputElement>;
  onChange: (text: string) => void;
}

/** Asks when the typing pauses; what is typed is never replaced under the hand. */
function SearchBox({ value, place, onChange }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  useEffect(() => {
    // The address was changed from elsewhere: by the button that clears, or by a step back.
    if (value !== told.current) setText(value);
    told.current = value;
  }, [value]);
  // Only typing starts the pause.
  useEffect(() => {
    if (text === told.current) return;
    return after(TYPING_MS, () => {
      told.current = text;
      onChange(text);
    });
  }, [text]);
  return (
    <label class="search-box">
      <span class="only-read">Search key or label</span>
      <input
        ref={place}
        type="search"
        dir="auto"
        placeholder="Search key or label  ( / )"
        spellcheck={false}
        autocomplete="off"
        data-testid="search"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
    </label>
  );
}

interface ChoiceProps {
  name: string;
  value: string | number | undefined;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

function Choice({ name, value, options, onChange }: ChoiceProps) {
  return (
    <label class={value ? 'choice is-set' : 'choice'}>
      <span class="only-read">{name}</span>
      <select value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{name}: all</option>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The names that there are, with how many sessions each; the chosen one even when it has none. */
function counts(found: Count[] | undefined, chosen: string | undefined) {
  const options = (found ?? []).map(
    ({ name, count: sessions }) => [name, `${safeLine(name)} (${count(sessions)})`] as const,
  );
  if (!chosen || options.some(([name]) => name === chosen)) return options;
  return [[chosen, safeLine(chosen)] as const, ...options];
}
