import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mask, maskDeep, maskId } from './mask.ts';

describe('mask', () => {
  it.each([
    ['+15551234567', '+1555•••4567'],
    ['+18005550122', '+1800•••0122'],
    ['0012025550143', '0012•••0143'],
    ['(555) 010-0001', '555•••01'],
    ['5550100', '555•••00'],
    ['+1 (555) 010-0001', '+1555•••0001'],
    ['sip:alice@example.com', 'sip:a•••@example.com'],
    ['sip:+15551234567@example.com', 'sip:+1555•••4567@example.com'],
    ['sip%3Aalice%40example.com', 'sip%3Aa•••%40example.com'],
    ['sip%3A%2B15551234567%40example.com', 'sip%3A%2B1555•••4567%40example.com'],
    ['from +15551234567 to +15559876543', 'from +1555•••4567 to +1555•••6543'],
    ['+15551234567x12', '+1555•••4567x12'],
    ['15551234567x12', '1555•••4567x12'],
    ['tel:+15551234567.json', 'tel:+1555•••4567.json'],
    ['/calls/15551234567.json', '/calls/1555•••4567.json'],
    ['https://h.example/?to=%2B15551234567&a', 'https://h.example/?to=%2B1555•••4567&a'],
    ['to=%252B15551234567', 'to=%252B1555•••4567'],
    ['%2B1%20555%20123%204567', '%2B1555•••4567'],
    ['user_15551234567', 'user_1555•••4567'],
    ['call-15551234567', 'call-1555•••4567'],
    ['name+15551234567', 'name+1555•••4567'],
    ['١٥٥٥٠١٠٠٠٠١', '١٥٥٥•••٠٠٠١'],
  ])('hides the middle of %s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it.each([
    '',
    'anonymous',
    '1001',
    '2026-03-02T09:00:40.000Z',
    '2026-03-02T09:00:40+05:30',
    '2026-03-02 09:00:40',
    '2026-03-02',
    '20260302T090040Z',
    'b3877c40-da60-4998-90ad-b792e98472ca',
    '12345678-1234-1234-1234-123456789012',
    'CA12345678901234567890123456789012',
    '1234567890abcdef1234567890abcdef',
    '80bfbec2d78bbbf10fb851f4fa165211',
    '127.0.0.1:3000',
    '203.0.113.0/24',
    'connect to 192.168.100.200',
    '4.5',
  ])('leaves %s', (text) => {
    expect(mask(text)).toBe(text);
  });
});

describe('properties', () => {
  const number = fc.stringMatching(/^[2-9]\d{9,12}$/).map((digits) => `+${digits}`);
  const around = fc.string().filter((text) => !/\p{N}|%/u.test(text));

  it('a number with a plus never stays whole, whatever is around it', () => {
    fc.assert(
      fc.property(around, number, around, (before, phone, after) => {
        const shown = mask(before + phone + after);
        expect(shown).not.toContain(phone.slice(1));
        expect(shown.match(/\d/g)?.length).toBeLessThan(phone.length - 1);
        expect(mask(`?to=${encodeURIComponent(phone)}${after}`)).not.toContain(phone.slice(1));
        expect(maskId(before + phone + after)).not.toContain(phone.slice(1));
      }),
    );
  });

  it('nothing changes twice, and a text without digits and addresses never', () => {
    fc.assert(
      fc.property(number, around, (phone, text) => {
        const once = mask(`${phone} ${text}`);
        if (!/sip/i.test(text)) expect(mask(once)).toBe(once);
        if (!/sip/i.test(text)) expect(mask(text)).toBe(text);
      }),
    );
  });

  it('an IPv4 address stays', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(mask(`from ${address}, port 1`)).toContain(address);
      }),
    );
  });

  it('a long text takes linear time', () => {
    for (const text of ['1 '.repeat(50_000), '%2B'.repeat(50_000), 'sip:'.repeat(50_000), '1-('.repeat(50_000)]) {
      expect(mask(text).length).toBeLessThanOrEqual(text.length);
    }
  });
});

it('an id keeps digits that belong to it', () => {
  expect(maskId('15551234567-17')).toBe('15551234567-17');
  expect(maskId('a-+15551234567')).toBe('a-+1555•••4567');
});

it('goes through objects and lists', () => {
  const value = { callId: '15551234567', from: '+15551234567', legs: [{ to: '+15551234567', seconds: 5 }], none: null };
  expect(maskDeep(value)).toEqual({
    callId: '15551234567',
    from: '+1555•••4567',
    legs: [{ to: '+1555•••4567', seconds: 5 }],
    none: null,
  });
  expect(maskDeep(value, (text, key) => `${key}:${text.length}`)).toMatchObject({ from: 'from:12' });
});
