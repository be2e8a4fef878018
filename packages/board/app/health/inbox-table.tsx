import { health } from '../api/state.ts';
import { now } from '../shared/time.tsx';
import { inboxFigures, type Level, verdictOf } from './inbox-figures.ts';

const TONES: Readonly<Record<Level, string>> = { fine: 'dim', watch: 'warn', act: 'bad' };
const SHAPES: Readonly<Record<Level, string>> = { fine: '✓', watch: '◆', act: '▲' };

/** How a figure is: shape, word and color. */
function LevelMark({ level }: { readonly level: Level }) {
  return (
    <span class={`level ${TONES[level]}`}>
      <span aria-hidden="true">{SHAPES[level]}</span> {level}
    </span>
  );
}

/** What is not fine. */
export function Verdict() {
  if (!health.value) return null;
  return (
    <p class="verdict" role="status">
      {verdictOf(inboxFigures(health.value.health, now.value)).map(({ level, text }) => (
        <span key={level}>
          <LevelMark level={level} />: {text}
        </span>
      ))}
    </p>
  );
}

/** The figures of the inbox, with what they mean. */
export function InboxTable() {
  if (!health.value) return null;
  return (
    <section aria-labelledby="inbox">
      <h2 id="inbox">Inbox</h2>
      <table class="inbox">
        <thead class="sr">
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Now</th>
            <th scope="col">State</th>
            <th scope="col">What it means</th>
          </tr>
        </thead>
        <tbody>
          {inboxFigures(health.value.health, now.value).map(({ name, value, level, about, href }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="num">{href ? <a href={href}>{value}</a> : value}</td>
              <td>
                <LevelMark level={level} />
              </td>
              <td class={level === 'fine' ? 'dim' : ''}>{about}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
