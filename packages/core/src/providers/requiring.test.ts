import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { requiring } from './requiring.ts';

const schema = requiring<{ readonly id: string }>(v.object({ id: v.pipe(v.string(), v.nonEmpty()) }));

describe('requiring', () => {
  it('gives the fields themselves, also those that the schema does not name', () => {
    const fields = { id: '1', more: ['x'] };
    expect(v.parse(schema, fields)).toBe(fields);
  });

  it.each([[{ id: '' }], [{ id: 1 }], [{}]])('tells which field of %j is missing or malformed', (fields) => {
    const { success, issues } = v.safeParse(schema, fields);
    expect(success).toBe(false);
    expect(issues?.map((issue) => v.getDotPath(issue))).toEqual(['id']);
  });
});
