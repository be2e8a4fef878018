// An application needs one import: what core exports, its adapter exports too.
import * as core from '@call-status/core';
import * as express from '@call-status/express';
import * as fastify from '@call-status/fastify';
import * as koa from '@call-status/koa';
import { describe, expect, expectTypeOf, it } from 'vitest';

describe.each(Object.entries({ express, koa, fastify }))('@call-status/%s', (_, adapter) => {
  it.each(core.builtInProviders.map((provider) => [provider.definition.name, provider] as const))(
    'exports %s',
    (name, provider) => {
      expect(adapter[name]).toBe(provider);
    },
  );

  it('exports everything else of core', () => {
    expect(adapter).toMatchObject(core);
  });
});

it('its types have every provider by its name', () => {
  expectTypeOf<core.ProviderName>().toExtend<keyof typeof express>();
  expectTypeOf<core.ProviderName>().toExtend<keyof typeof koa>();
  expectTypeOf<core.ProviderName>().toExtend<keyof typeof fastify>();
});
