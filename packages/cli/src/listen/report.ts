import type { AnyCallStatusEvent, Receipt } from '@call-status/core';
import type { Mask } from '@call-status/core/inbox';
import { examine } from '../doctor/examine.ts';
import type { KnownProvider } from '../doctor/known-secrets.ts';
import { eventText, examinationLines, shownUrl } from '../doctor/print.ts';
import { whyNotRecognized } from '../doctor/recognize.ts';
import { rowOf } from '../doctor/row.ts';
import { isLoopback } from '../input/target.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import type { LocalRequest } from './receive.ts';

/** Prints what comes in. */
export class Reporter {
  readonly #all: readonly KnownProvider[];
  readonly #publicUrl: string | undefined;
  readonly #output: Output;
  readonly #mask: Mask;

  constructor(all: readonly KnownProvider[], publicUrl: string | undefined, output: Output, mask: Mask) {
    this.#all = all;
    this.#publicUrl = publicUrl;
    this.#output = output;
    this.#mask = mask;
  }

  /** Where it listens, and how providers reach it. */
  listening(url: string, host: string | undefined): void {
    const { note, row } = this.#output;
    const port = new URL(url).port;
    const verified = this.#all.filter(({ known }) => known.secrets.length + known.tokens.length > 0);
    row({ type: 'listening', url });
    note(`Listening at ${url}. Each path takes callbacks; ${url}/twilio only those of Twilio.`);
    note(
      verified.length === 0
        ? 'Nothing is verified: no secret is known.'
        : `Verified: ${verified.map(({ provider }) => provider.definition.name).join(', ')}.`,
    );
    if (host !== undefined && !isLoopback(host)) note('It is reachable from your network.');
    note(
      `Providers reach it by a tunnel of your choice, such as cloudflared tunnel --url ${url}, or ngrok http ${port}.`,
    );
    note('Give the provider the https URL that the tunnel prints, with /twilio or the like. Ctrl+C stops it.');
  }

  /** What became of a request. */
  async report(
    request: LocalRequest,
    receipt: Receipt<AnyCallStatusEvent> | undefined,
    atMs: number,
    saved: string | undefined,
  ): Promise<void> {
    const { result, row, style } = this.#output;
    const time = style.dim(new Date(atMs).toISOString().slice(11, 23));
    const at = saved === undefined ? {} : { saved };
    const { event, error } = receipt ?? {};
    if (event !== undefined) {
      const { provider, callId, status, rawStatus, transition, trust } = event;
      result(`${time} ${style.green('✓')} ${safe(`${provider}  ${eventText(event, this.#mask)}  ${transition}`)}`);
      row({
        type: 'event',
        provider,
        callId: this.#mask(callId),
        status,
        rawStatus: this.#mask(rawStatus),
        transition,
        trust,
        ...at,
      });
    } else if (receipt === undefined) {
      result(
        `${time} ${style.yellow('–')} ${safe(`${request.method} ${shownUrl(request, this.#mask)}`)}  404: ${this.#whyNot(request)}`,
      );
      row({ type: 'passed_on', method: request.method, url: shownUrl(request, this.#mask), ...at });
    } else {
      const provider = error?.details.provider;
      result(
        `${time} ${style.red('✗')} ${safe(`${provider ?? request.method}  ${receipt.status} ${error?.code}: ${error?.message}`)}`,
      );
      const explained = await this.#explain(request, provider, atMs);
      row({
        type: 'refused',
        provider: provider ?? null,
        status: receipt.status,
        code: error?.code,
        ...at,
        diagnosis: explained ?? null,
      });
    }
    if (saved !== undefined) result(`    saved     ${safe(saved)}`);
  }

  async #explain(request: LocalRequest, name: string | undefined, atMs: number): Promise<object | undefined> {
    const found = this.#all.find(({ provider }) => provider.definition.name === name);
    const { body } = request;
    if (found === undefined || body === undefined) return undefined;
    const capture = { format: 'request', request: { ...request, body }, atMs, notes: [] };
    const all = this.#all.map(({ provider }) => provider);
    const examination = await examine(capture, { ...found, all, publicUrl: this.#publicUrl, atMs });
    if (examination.isValid) return undefined;
    for (const line of examinationLines(examination, this.#output, this.#mask).slice(1)) this.#output.result(line);
    return rowOf(examination, capture, atMs, this.#mask);
  }

  /** With one reason, that of the provider in question. */
  #whyNot(request: LocalRequest): string {
    const reasons = this.#all.flatMap(({ provider }) => {
      const reason = whyNotRecognized(request, provider);
      return /^It (?:does not have|cannot)|^Its callbacks use/.test(reason)
        ? []
        : [`${provider.definition.name}: ${reason}`];
    });
    return safe(reasons.length === 0 ? 'not a callback of a provider' : reasons.slice(0, 3).join(' '));
  }
}
