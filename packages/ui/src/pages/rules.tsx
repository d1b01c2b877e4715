import type { RuleListView, RuleView } from '@healthapp/shared/wire/rules';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Show } from 'solid-js';
import { Icon } from '../components/icon.tsx';
import { Loaded, Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RuleForm } from '../components/rule-form.tsx';
import { RuleTable } from '../components/rule-table.tsx';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { emptyRuleDraft, ruleDraftOf } from '../kernel/rule-draft.ts';

/** What of a Heroku app's log is a problem, whether it is one now, and the form for a rule of one's own. */
export function RulesPage() {
  const kernel = useKernel();
  const view = kernel.rules();
  const [parameters] = useSearchParams<{ new: string; change: string }>();
  const navigate = useNavigate();
  const [done, setDone] = createSignal('');
  let title: HTMLHeadingElement | undefined;
  const editing = () => kernel.session.mayAct() && (parameters.new !== undefined || parameters.change !== undefined);

  function happened(words: string): void {
    setDone(words);
    view.soon();
    title?.focus();
  }
  function saved(rule: RuleView): void {
    navigate(paths.rules, { replace: true });
    happened(`Saved: ${rule.text}.`);
  }

  return (
    <>
      <PageTitle
        title="Rules"
        ref={(heading) => {
          title = heading;
        }}
      >
        <Show when={kernel.session.mayAct() && !editing()}>
          <a class="btn btn-primary" href={paths.newRule} onClick={() => setDone('')}>
            New rule
          </a>
        </Show>
      </PageTitle>
      <p class="text-quiet page-about">
        How often an error may come in the log of a Heroku app before it is a problem, and what is done about it.
      </p>
      <p role="status" class="done">
        <Show when={done()}>
          <Icon name="check" /> {done()}
        </Show>
      </p>
      <Loaded view={view} what="the rules">
        {(list) => (
          <>
            <Show when={editing()}>
              <Editing list={list()} change={parameters.change} onSaved={saved} />
            </Show>
            <Show when={list().dryRun}>
              <Notice tone="info" icon="info" title="Actions are only told, not done">
                <code>dry_run</code> is set in the processor's configuration.
              </Notice>
            </Show>
            <Show when={list().rules.length > 0} fallback={<NoRules />}>
              <RuleTable rules={list().rules} onRemoved={happened} />
            </Show>
          </>
        )}
      </Loaded>
    </>
  );
}

interface EditingProps {
  readonly list: RuleListView;
  /** The id of the rule to change; undefined: a new one. */
  readonly change: string | undefined;
  readonly onSaved: (rule: RuleView) => void;
}

/** One form for each address: another one begins anew, and what others do to the list meanwhile does not touch it. */
function Editing(props: EditingProps) {
  const wanted = createMemo(() => props.change ?? '');
  return (
    <Show when={{ id: wanted() }} keyed>
      {({ id }) => {
        const rule = props.list.rules.find((one) => one.id === id && one.source === 'own');
        if (id !== '' && rule === undefined) {
          return (
            <Notice tone="info" icon="question" title="This rule cannot be changed here">
              It was removed meanwhile, or it is in the processor's configuration.
            </Notice>
          );
        }
        return (
          <RuleForm
            id={rule?.id ?? null}
            begins={rule === undefined ? emptyRuleDraft : ruleDraftOf(rule)}
            apps={props.list.apps}
            receivers={props.list.receivers}
            onSaved={props.onSaved}
          />
        );
      }}
    </Show>
  );
}

function NoRules() {
  return (
    <Notice tone="quiet" icon="info" title="There are no rules">
      Errors of Heroku apps are counted and shown, and nobody is told of them. Make a rule here, or write{' '}
      <code>rules:</code> into the processor's configuration.
    </Notice>
  );
}
