import { serverStates } from '@healthapp/shared/domain/server';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from 'solid-js';
import { AddServer } from '../components/add-server.tsx';
import { serverLooks } from '../components/badge.tsx';
import { searchFieldId } from '../components/frame.tsx';
import { Icon } from '../components/icon.tsx';
import { FaultNotice, Notice, Skeleton } from '../components/notice.tsx';
import { OperatorOnly } from '../components/operator-only.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { ServerTable } from '../components/server-table.tsx';
import { counted, number } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import {
  everyServer,
  type ServerQuery,
  type ServerSort,
  serverQueryFrom,
  serverQueryParameters,
  serverSorts,
} from '../kernel/server-list.ts';

const sortWords: Readonly<Record<ServerSort, string>> = {
  state: 'Worst first',
  name: 'Name',
  '-disk': 'Fullest disk',
  '-load': 'Highest load',
  '-memory': 'Most memory used',
  heard: 'Longest unheard',
};

export function ServersPage() {
  const kernel = useKernel();
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const query = createMemo(() => serverQueryFrom({ ...parameters }), undefined, { equals: sameQuery });
  const list = kernel.serverWindow(query);
  const change = (part: Partial<ServerQuery>) =>
    navigate(paths.serversWhere({ ...query(), ...part }), { replace: true, scroll: false });

  const narrowed = () => Object.keys(serverQueryParameters({ ...query(), sort: everyServer.sort })).length > 0;
  const empty = () =>
    !narrowed() && list.complete() && list.count() === 0 && !list.loading() && list.fault() === undefined;
  const countWords = () => {
    if (list.loading() || list.changing() || (list.count() === 0 && list.fault() !== undefined)) return '';
    if (list.count() === 0) return 'No server matches';
    if (narrowed() && list.complete()) {
      return `${counted(list.count(), 'server')} ${list.count() === 1 ? 'matches' : 'match'}`;
    }
    const known = list.complete() || kernel.status.value() !== undefined;
    if (narrowed() || !known) return `More than ${counted(list.servers().length, 'server')}`;
    return counted(list.count(), 'server');
  };

  return (
    <>
      <PageTitle title="Servers">
        <Show when={!empty()}>
          <OperatorOnly>
            <a class="btn btn-outline-primary" href={paths.addServer}>
              Add a server
            </a>
          </OperatorOnly>
        </Show>
      </PageTitle>
      <Show when={!empty()} fallback={<AddServer first />}>
        <Controls query={query()} onChange={change} />
        <p class="list-count" role="status">
          {countWords()}
        </p>
        <Show when={!list.loading()} fallback={<Skeleton what="the servers" rows={8} />}>
          <Show when={list.fault()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
          <Show
            when={list.servers().length > 0}
            fallback={
              <Show when={!list.changing() && list.fault() === undefined}>
                <Notice tone="quiet" icon="search" title="Nothing fits this search and these filters">
                  <a href={paths.servers}>Show all servers</a>
                </Notice>
              </Show>
            }
          >
            <div aria-busy={list.changing()}>
              <ServerTable list={list} query={query()} />
            </div>
          </Show>
        </Show>
      </Show>
    </>
  );
}

function sameQuery(one: ServerQuery, other: ServerQuery): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

interface ControlsProps {
  readonly query: ServerQuery;
  readonly onChange: (part: Partial<ServerQuery>) => void;
}

function Controls(props: ControlsProps) {
  const { status } = useKernel();
  const countOf = (state: ServerQuery['state']) => status.value()?.counts.servers[state === '' ? 'total' : state];
  const choices = ['', 'silent', ...serverStates.filter((state) => state !== 'silent')] as const;
  return (
    <search class="controls">
      <SearchField value={props.query.search} onChange={(search) => props.onChange({ search })} />
      <div class="sort-choice">
        <label for="server-sort">Sort by</label>
        <select
          id="server-sort"
          class="form-select"
          onChange={(event) => props.onChange({ sort: event.currentTarget.value as ServerSort })}
        >
          <For each={serverSorts}>
            {(sort) => (
              <option value={sort} selected={props.query.sort === sort}>
                {sortWords[sort]}
              </option>
            )}
          </For>
        </select>
      </div>
      <fieldset class="state-choice">
        <legend class="visually-hidden">State</legend>
        <For each={choices}>
          {(state) => (
            <button
              type="button"
              class="choice"
              aria-pressed={props.query.state === state}
              onClick={() => props.onChange({ state })}
            >
              {state === '' ? 'All' : serverLooks[state].word}
              <Show when={countOf(state) !== undefined}>
                {' '}
                <span class="choice-count">{number(countOf(state) ?? 0)}</span>
              </Show>
            </button>
          )}
        </For>
      </fieldset>
      <Show when={props.query.label !== ''}>
        <p class="label-choice">
          Only with label <span class="label">{props.query.label}</span>{' '}
          <button type="button" class="btn btn-sm btn-outline-primary" onClick={() => props.onChange({ label: '' })}>
            Any label
          </button>
        </p>
      </Show>
    </search>
  );
}

/** How long to wait for the next letter before asking the API. */
const typingPauseMs = 200;

function SearchField(props: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [text, setText] = createSignal(props.value);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  // The address may change by itself: back, or a link.
  createEffect(
    on(
      () => props.value,
      (value) => {
        if (timer === undefined && value !== text().trim()) setText(value);
      },
      { defer: true },
    ),
  );
  function typed(value: string): void {
    setText(value);
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      props.onChange(value.trim());
    }, typingPauseMs);
  }
  return (
    <div class="search-field">
      <label class="visually-hidden" for={searchFieldId}>
        Search servers by name
      </label>
      <Icon name="search" />
      <input
        id={searchFieldId}
        type="search"
        class="form-control"
        placeholder="Search by name"
        autocomplete="off"
        maxlength="253"
        autocapitalize="none"
        spellcheck={false}
        value={text()}
        onInput={(event) => typed(event.currentTarget.value)}
      />
      <span class="search-key" aria-hidden="true">
        /
      </span>
    </div>
  );
}
