"""What ssh says becomes something that a person can act on."""

from polder.world.docker.dial import plainly

CHANGED = """@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
The fingerprint for the ED25519 key sent by the remote host is
SHA256:3lCfg657qzDJof17h/YqlNRfZ0sLgTLJRbAilT8clGk.
Add correct host key in /home/ana/.ssh/known_hosts to get rid of this message.
Offending ED25519 key in /home/ana/.ssh/known_hosts:12
Host key for 192.0.2.7 has changed and you have requested strict checking.
Host key verification failed."""


def test_a_host_key_that_changed_is_told_in_one_sentence_with_both_keys():
    said = plainly(CHANGED)
    assert "@" not in said and "\n" not in said
    assert "SHA256:3lCfg657qzDJof17h/YqlNRfZ0sLgTLJRbAilT8clGk)" in said
    assert "/home/ana/.ssh/known_hosts, line 12" in said


def test_a_host_that_ssh_does_not_know_yet_is_told_what_to_do():
    assert "Log in once by hand" in plainly("Host key verification failed.")


def test_anything_else_is_passed_on_as_it_is():
    assert plainly("bash: line 1: docker: command not found") == "bash: line 1: docker: command not found"
