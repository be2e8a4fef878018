import { Charts } from './charts.tsx';
import { InboxTable, Verdict } from './inbox-table.tsx';
import { TrafficTable } from './traffic-table.tsx';
import { WorkersTable } from './workers-table.tsx';

/** How the service is, and how calls went. */
export function HealthPage() {
  return (
    <div class="health">
      <header class="head">
        <h1>Health</h1>
        <Verdict />
      </header>
      <TrafficTable />
      <Charts />
      <InboxTable />
      <WorkersTable />
    </div>
  );
}
