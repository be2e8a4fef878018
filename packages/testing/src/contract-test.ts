/** One test of a contract, for any test runner. */
export interface ContractTest {
  /** What it is about, in a word or two. */
  readonly subject: string;
  /** What it shows, with the subject in front. Unique within its contract. */
  readonly name: string;
  /** Rejects if the contract is not kept. */
  readonly run: () => Promise<void>;
}

/** The tests of one subject, by what they show. */
export type Tests<Bench> = Readonly<Record<string, (bench: Bench) => Promise<void> | void>>;

/** The tests of a subject, each with the bench. */
export function testsOf<Bench>(subject: string, bench: Bench, tests: Tests<Bench>): readonly ContractTest[] {
  return Object.entries(tests).map(([name, test]) => ({
    subject,
    name: `${subject}: ${name}`,
    run: async () => test(bench),
  }));
}
