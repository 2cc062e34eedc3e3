// The logout pages go on by themselves; their button does the same without this file.
document.querySelector("form[data-autosubmit]")?.requestSubmit();
