import type { ActionsBlock, Button, ConfirmationDialog } from '@slack/types';
import { environmentId } from '../../../domain/names.ts';
import type { NoticeAct } from '../../../domain/notice/acts.ts';
import type { Notice } from '../../../domain/notice/notice.ts';
import { pressValue } from '../../../domain/notice/press.ts';
import type { Texts } from '../../../domain/texts/texts.ts';
import { limits, plain } from './elements.ts';

/** What can be done to it now, as buttons that hold for this picture of it only. */
export function buttonsBlock(notice: Notice, texts: Texts): ActionsBlock[] {
  if (notice.acts.length === 0) return [];
  return [{ type: 'actions', elements: notice.acts.map((act) => button(act, notice, texts)) }];
}

const styles: Partial<Record<NoticeAct, 'primary' | 'danger'>> = { promote: 'primary', rollback: 'danger' };

function button(act: NoticeAct, notice: Notice, texts: Texts): Button {
  const style = styles[act];
  return {
    type: 'button',
    action_id: `siskin-${act}`,
    text: plain(texts.acts[act], limits.button),
    value: pressValue(notice, act),
    ...(style && { style }),
    ...((act === 'rollback' || act === 'cancel') && { confirm: confirmation(act, notice, texts) }),
  };
}

function confirmation(act: 'rollback' | 'cancel', notice: Notice, { confirm }: Texts): ConfirmationDialog {
  const { title, text, yes, no } = confirm[act];
  return {
    title: plain(title, 100),
    text: plain(text(environmentId(notice)), 300),
    confirm: plain(yes, 30),
    deny: plain(no, 30),
    style: act === 'rollback' ? 'danger' : 'primary',
  };
}
