/**
 * What makes a shell ask `siskin __complete` at each Tab. Words go there as arguments, never through `eval`: a command
 * substitution that was typed and not yet run stays not run. `:files` in the answer leaves it to the shell.
 */
export const completionScripts = {
  bash: `# bash completion for siskin
_siskin() {
  local value about
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    if [ "$value" = ':files' ]; then
      compopt -o default
    else
      COMPREPLY+=("$value")
    fi
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _siskin siskin
`,
  zsh: `#compdef siskin
_siskin() {
  local line
  local -a lines described
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == ':files' ]]; then
    _files
    return
  fi
  for line in "\${lines[@]}"; do
    [[ -n "$line" ]] && described+=("\${line%%$'\\t'*}:\${line#*$'\\t'}")
  done
  (( \${#described} )) && _describe 'siskin' described
}
if [[ "\${funcstack[1]}" == '_siskin' ]]; then
  _siskin "$@"
else
  compdef _siskin siskin
fi
`,
  fish: `# fish completion for siskin
function __siskin_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l program $words[1]
  set -e words[1]
  set -l lines ($program __complete -- $words "$current" 2>/dev/null)
  if test "$lines[1]" = ':files'
    __fish_complete_path "$current"
  else
    printf '%s\\n' $lines
  end
end
complete -c siskin -f -a '(__siskin_complete)'
`,
} as const;

export type Shell = keyof typeof completionScripts;
export const shells = Object.keys(completionScripts) as Shell[];
