import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef } from 'react';

type Props = AnchorProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>;

const LinkLook = forwardRef<HTMLAnchorElement, Props>(function LinkLook(props, ref) {
  return <Anchor ref={ref} underline="always" {...props} />;
});

/** A link of the console: underlined, so that it is not told by colour alone. */
export const TextLink = createLink(LinkLook);
