import { AddServer } from '../components/add-server.tsx';
import { PageTitle } from '../components/page-title.tsx';

export function AddServerPage() {
  return (
    <>
      <PageTitle title="Add a server" />
      <AddServer />
    </>
  );
}
