import { Page } from '../ui/Page.tsx';

export default function TrendPage() {
  return <Page title="Trend">{null}</Page>;
}
