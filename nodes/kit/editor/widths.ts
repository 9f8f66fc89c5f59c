/** The part of a form's width that its labels take, px: Node-RED's own is too narrow for our languages. */
export const LABEL_WIDTH = 135;

/** What a button beside a control takes, px, its margin included. */
export const BUTTON_WIDTH = 40;
