# nvmf-target's spec, kept by Puppet. An edit is validated before it is put in place, reloads the target and never
# restarts it, and the run fails as long as the target is not what the file says: because a guard refuses the edit, say.
#
#   class { 'nvmf_target': content => file('profile/target.yaml') }
#
# @param content  the text of the spec
# @param file     where it lies
# @param program  the command
# @param options  --rpc-socket and --state-dir, if they are not root's defaults
# @param service  more attributes of the service
class nvmf_target (
  String $content,
  String $file    = '/etc/nvmf/target.yaml',
  String $program = '/opt/nvmf-target/bin/nvmf-target',
  String $options = '',
  Hash   $service = {},
) {
  file { $file:
    ensure       => file,
    mode         => '0644',
    content      => $content,
    # Puppet validates a copy under another name; --as says whose drop-ins count.
    validate_cmd => "${program} validate --as ${file} %",
    notify       => Service['nvmf-target'],
  }

  service { 'nvmf-target':
    ensure  => running,
    enable  => true,
    # What Puppet calls a restart is a reload: no host is disconnected for an edit.
    restart => 'systemctl reload nvmf-target',
    *       => $service,
  }

  # Nothing happens here while the target is as the file says, so a second run changes nothing.
  $converged = "${program} status ${options} --for-file ${file}"
  exec { 'nvmf-target becomes what its file says':
    command   => "${converged} --wait 60s",
    unless    => $converged,
    path      => ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'],
    logoutput => on_failure,
    timeout   => 90,
    require   => Service['nvmf-target'],
  }
}
