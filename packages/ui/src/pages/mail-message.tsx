import type { MailView } from '@healthapp/shared/wire/api';
import { useParams } from '@solidjs/router';
import { createSignal, For, Show } from 'solid-js';
import { Fact, Facts } from '../components/facts.tsx';
import { Loaded, Notice } from '../components/notice.tsx';
import { Exact } from '../components/time.tsx';
import { usePageTitle } from '../components/title.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';

export function MailMessagePage() {
  const kernel = useKernel();
  const parameters = useParams<{ id: string }>();
  const view = kernel.mail(() => parameters.id);
  usePageTitle(() => view.value()?.subject ?? 'Message');
  return (
    <>
      <p class="back">
        <a href={paths.mail}>Mail</a>
      </p>
      <Loaded view={view} what="the message" missing={<NoSuchMessage />}>
        {(message) => <Message message={message()} />}
      </Loaded>
    </>
  );
}

function NoSuchMessage() {
  return (
    <>
      <h1>No such message</h1>
      <Notice tone="info" icon="question" title="This message is not in the mailbox">
        <a href={paths.mail}>Look among all messages</a>
      </Notice>
    </>
  );
}

const parts = [
  { id: 'html', title: 'As shown' },
  { id: 'text', title: 'Plain text' },
] as const;
type Part = (typeof parts)[number]['id'];

function Message(props: { readonly message: MailView }) {
  const kernel = useKernel();
  const [part, setPart] = createSignal<Part>('html');
  return (
    <>
      <h1>{props.message.subject}</h1>
      <Facts>
        <Fact title="From" value={props.message.from} />
        <Fact title="To" value={props.message.to.join(', ')} />
        <Fact title="Sent" value={props.message.at}>
          <Exact at={props.message.at} />
        </Fact>
        <Fact title="Message-ID" value={props.message.messageId} />
        <Fact title="In-Reply-To" value={props.message.inReplyTo} />
      </Facts>
      <div class="part-choice">
        {parts.map(({ id, title }) => (
          <button type="button" class="choice" aria-pressed={part() === id} onClick={() => setPart(id)}>
            {title}
          </button>
        ))}
      </div>
      <Show when={part() === 'html'} fallback={<PlainText text={props.message.text} />}>
        <iframe
          class="mail-html"
          title="The message as shown"
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          src={kernel.mailHtml(props.message.id)}
        />
      </Show>
    </>
  );
}

/** With its addresses as links, as mail programs show them. */
function PlainText(props: { readonly text: string }) {
  const pieces = () => props.text.split(/(https?:\/\/[^\s<>"]+)/);
  return (
    <pre class="mail-text">
      <For each={pieces()}>{(piece, index) => (index() % 2 === 1 ? <a href={piece}>{piece}</a> : piece)}</For>
    </pre>
  );
}
