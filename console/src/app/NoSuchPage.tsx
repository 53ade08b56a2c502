import { Link } from 'react-router-dom';
import { EmptyState } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';

/** An address that leads nowhere. */
export function NoSuchPage() {
  return (
    <Page title="No such page">
      <EmptyState title="There is nothing at this address">
        The link may be old. <Link to="/">Go to the overview</Link>, or search all <Link to="/tags">tags</Link>.
      </EmptyState>
    </Page>
  );
}
