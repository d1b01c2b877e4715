import { For, Show } from 'solid-js';
import { Loaded, Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Cell, HeadCell, Row, Rows, Table } from '../components/table.tsx';
import { Ago, At } from '../components/time.tsx';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';

const columns = [{ title: 'Subject' }, { title: 'To' }, { title: 'Sent' }];

/** The local mailbox: what would have gone out, had there been a mail server. */
export function MailboxPage() {
  const { mailbox } = useKernel();
  return (
    <>
      <PageTitle title="Mail" />
      <Loaded view={mailbox} what="the mailbox" missing={<NoMailbox />}>
        {(box) => (
          <Show when={box().enabled} fallback={<NoMailbox />}>
            <p class="text-quiet">
              No mail server is configured, so these messages stay here. They look as their receivers would see them.
            </p>
            <Show
              when={box().messages.length > 0}
              fallback={
                <Notice tone="quiet" icon="info" title="No message yet">
                  The first alert brings one.
                </Notice>
              }
            >
              <Table class="mail-table" caption="Messages, the newest first" columns={columns}>
                <Rows>
                  <For each={box().messages}>
                    {(message) => (
                      <Row>
                        <HeadCell class="cell-what">
                          <a class="name" href={paths.mailMessage(message.id)}>
                            {message.subject}
                          </a>
                        </HeadCell>
                        <Cell class="cell-to" title="To">
                          {message.to.join(', ')}
                        </Cell>
                        <Cell title="Sent">
                          <At at={message.at} />{' '}
                          <span class="cell-more">
                            <Ago at={message.at} />
                          </span>
                        </Cell>
                      </Row>
                    )}
                  </For>
                </Rows>
              </Table>
            </Show>
          </Show>
        )}
      </Loaded>
    </>
  );
}

function NoMailbox() {
  return (
    <Notice tone="quiet" icon="info" title="There is no local mailbox here">
      Messages go to the configured mail server. What became of each,{' '}
      <a href={paths.notifications}>the notifications</a> tell.
    </Notice>
  );
}
