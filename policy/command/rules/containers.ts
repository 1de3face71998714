import { type Rule, words } from './rule.ts';

/** Containers, clusters and virtual machines: what leaves them, and shells inside them. */
export const CONTAINER_RULES: readonly Rule[] = [
  {
    id: 'send.images',
    tools: words(`docker podman nerdctl buildah skopeo crane ctr lxc incus helm oras regctl virt-copy-out virt-tar-out
      virt-cat guestfish vagrant flatpak singularity apptainer docker-compose podman-compose img kaniko umoci dive
      docker-squash crictl`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        sub: [
          ...words('push export save cp commit copy publish upload checkpoint image-push'),
          ...['image push', 'image save', 'container export', 'container cp', 'container commit', 'file pull'],
          ...['image export', 'image copy', 'images export', 'images push', 'compose cp', 'plugin push'],
          ...[
            'manifest push',
            'context export',
            'volume export',
            'checkpoint create',
            'compose push',
            'compose publish',
          ],
        ],
      },
      { word: /^(-H|--host=?|tcp:\/\/|ssh:\/\/)/ },
    ],
    why: {
      en: 'This carries files or a whole image out of a container.',
      ja: 'コンテナの中のファイルやイメージ全体を取り出す操作です。',
    },
    tests: {
      positive: ['docker cp web:/data /tmp/x', 'podman export web > /tmp/w.tar', 'docker -H tcp://h ps'],
      negative: ['docker ps -a', 'docker compose up -d'],
    },
  },
  {
    id: 'send.cluster',
    tools: words('kubectl oc k3s microk8s kubecolor k9s nomad'),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'needs_ticket',
    values: words('-n --namespace --context --kubeconfig --cluster --user -s --server --as kubectl'),
    when: [{ sub: words('cp port-forward proxy rsync node-shell ssh') }],
    why: {
      en: 'This opens a road into or out of a cluster past the gateway.',
      ja: 'ゲートウェイを通らずにクラスターへ出入りする経路を開きます。',
    },
    tests: {
      positive: ['kubectl cp ns/pod:/a /tmp/a', 'kubectl -n x port-forward svc/db 5432', 'oc rsync pod:/a /tmp'],
      negative: ['kubectl get pods', 'kubectl apply -f run.yaml'],
    },
  },
  {
    id: 'container.opens',
    tools: words(
      'docker podman nerdctl docker-compose podman-compose lxc incus machinectl virsh crictl ctr runc kubectl oc',
    ),
    class: 'shell_control',
    direction: 'unknown',
    verdict: 'ask',
    values: words('--context --config -c --log-level -l -p --project-name -f --file --profile -n --namespace'),
    when: [
      {
        sub: ['run', 'container run', 'compose run', 'create', 'container create'],
        flags: words(
          '-i -t -v -p -P --interactive --tty --volume --mount --publish --privileged --pid --network --net --volumes-from --device',
        ),
      },
      { sub: words('attach shell console enter login rsh debug') },
      { sub: ['container attach'] },
      {
        sub: ['build', 'image build', 'buildx build', 'swarm join', 'generate', 'kube'],
        word: /^(\/|-o|--output|--push|--ssh|--secret)/,
      },
    ],
    why: {
      en: 'What is typed or run inside a container is not judged line by line.',
      ja: 'コンテナの中で入力・実行される内容は1行ずつ判定されません。',
    },
    tests: {
      positive: ['docker run -it ubuntu', 'podman run -v /opt:/x img true', 'docker attach web'],
      negative: ['docker run hello-world', 'docker exec web ls'],
    },
  },
];
