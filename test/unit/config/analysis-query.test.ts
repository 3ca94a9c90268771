import { describe, expect, it } from 'vitest';
import {
  type AnalysisValues,
  analysisPlaceholders,
  renderAnalysisQuery,
  unknownPlaceholders,
  writtenOffset,
} from '../../../src/domain/analysis-query.ts';

const values: AnalysisValues = {
  app: 'shop',
  environment: 'production',
  service: 'web',
  backend: 'shop-production-web',
  release: 12,
  baseline: 11,
};

describe('renderAnalysisQuery', () => {
  it.each([
    ['{{app}}', 'shop'],
    ['{{environment}}', 'production'],
    ['{{service}}', 'web'],
    ['{{backends}}', 'shop-production-web'],
    ['{{release}}', 'r12'],
    ['{{baseline}}', 'r11'],
    ['up{a="{{ app }}",b=~"{{\tapp}}|{{service}}"}', 'up{a="shop",b=~"shop|web"}'],
    ['up{a="{{relase}}",b="{app}",c="{{app}"}', 'up{a="{{relase}}",b="{app}",c="{{app}"}'],
    ['up{a="{{constructor}}"}', 'up{a="{{constructor}}"}'],
  ])('%s becomes %s', (query, expected) => expect(renderAnalysisQuery(query, values)).toBe(expected));

  it('has no release named as the baseline of a first deployment', () => {
    expect(renderAnalysisQuery('{{baseline}}', { ...values, baseline: null })).toBe('none');
  });

  it('does not look into what it filled in', () => {
    const query = analysisPlaceholders.map((name) => `{{${name}}}`).join(' ');
    const odd = { ...values, app: '{{service}}', environment: '$&' };
    expect(renderAnalysisQuery(query, odd)).toBe('{{service}} $& web shop-production-web r12 r11');
  });
});

describe('unknownPlaceholders', () => {
  it.each([
    ['up{a="{{app}}",b="{{ baseline }}"}', []],
    ['sum({__name__="a"})', []],
    ['{{relase}} {{app}} {{relase}} {{App}}', ['{{relase}}', '{{App}}']],
    ['up{a="{{app}"}', ['{{app}']],
    ['up{a="{{', ['{{']],
    ['{{ $labels.app }}', ['{{ $labels.app }}']],
  ])('%s', (query, expected) => expect(unknownPlaceholders(query)).toEqual(expected));
});

describe('writtenOffset', () => {
  const query = 'a{b="{{app}}",c="{{ environment }}"} )';
  const rendered = renderAnalysisQuery(query, values);

  it('finds what stayed as it was where it was written', () => {
    for (const piece of ['a{', '",c=', '"} ', ')'])
      expect(writtenOffset(query, values, rendered.indexOf(piece))).toBe(query.indexOf(piece));
    expect(writtenOffset(query, values, rendered.length)).toBe(query.length);
  });

  it('finds what was filled in at its placeholder', () => {
    expect(writtenOffset(query, values, rendered.indexOf('op"'))).toBe(query.indexOf('{{app'));
    expect(writtenOffset(query, values, rendered.indexOf('production'))).toBe(query.indexOf('{{ env'));
    expect(writtenOffset(query, values, rendered.indexOf('tion'))).toBe(query.indexOf('{{ env'));
  });
});
