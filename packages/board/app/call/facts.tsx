import type { CallDetail, CallRow } from '../../src/api/types.ts';
import { partiesOf } from '../calls/call-texts.ts';
import { StatusMark } from '../shared/status-mark.tsx';
import { Time } from '../shared/time.tsx';
import { hrefOf } from '../shell/routes.ts';
import { type Fact, factsOf } from './facts-of.ts';

/** What is known about the call, beside its events. */
export function Facts({ detail }: { readonly detail: CallDetail }) {
  const { parent, children } = detail;
  return (
    <aside aria-label="Facts">
      {parent && <Related title="Parent call" rows={[parent]} />}
      {children.length > 0 && <Related title="Child calls" rows={children} />}
      {factsOf(detail).map(({ title, facts }) => (
        <section key={title}>
          <h2>{title}</h2>
          <dl>
            {facts.map((fact) => (
              <div key={fact.name}>
                <dt>{fact.name}</dt>
                <dd>
                  <Value fact={fact} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </aside>
  );
}

function Value({ fact: { value, kind } }: { readonly fact: Fact }) {
  if (kind === 'time') return <Time at={value} as="exact" />;
  if (kind === 'text') return value;
  return (
    <a href={value} target="_blank" rel="noreferrer noopener">
      {value}
    </a>
  );
}

function Related({ title, rows }: { readonly title: string; readonly rows: readonly CallRow[] }) {
  return (
    <section>
      <h2>{title}</h2>
      {rows.map((row) => (
        <p key={row.key}>
          <StatusMark status={row.status} /> <a href={hrefOf('call', {}, row.key)}>{partiesOf(row)}</a>
        </p>
      ))}
    </section>
  );
}
