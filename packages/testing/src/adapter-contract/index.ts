export * from './fixtures.ts';
export * from './signed.ts';
