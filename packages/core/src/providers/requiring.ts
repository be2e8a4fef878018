import * as v from 'valibot';

/**
 * Checks fields by a schema that names only what is required, and gives the fields themselves, with all the others:
 * to copy thirty of them would take twenty times as long as the check.
 */
export function requiring<Fields>(required: v.GenericSchema): v.GenericSchema<unknown, Fields> {
  const check = v.rawCheck<unknown>(({ dataset, addIssue }) => {
    for (const issue of v.safeParse(required, dataset.value).issues ?? []) {
      addIssue(issue as Parameters<typeof addIssue>[0]);
    }
  });
  return v.pipe(v.unknown(), check) as v.GenericSchema<unknown, Fields>;
}
