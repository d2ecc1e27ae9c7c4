/** What nginx is configured with, beside its defaults. */
export interface NchanOptions {
  readonly port: number;
  readonly publishKey: string;
  /** The module's file, where it is not built in. */
  readonly module: string | undefined;
  /** Files that one worker may have open. */
  readonly files: number;
  /** Whose rights the workers have, where nginx is started by root. */
  readonly user: string | undefined;
}

/**
 * nginx with nchan as its documentation has it for speed: messages in the workers' shared memory, as many workers as
 * there are cores, no log, kept connections. The paths are those of the other servers: a room and a user are a channel each.
 * The publisher shows its key; who listens is not checked, for which nginx would ask another server.
 */
export function nchanConfig({ port, publishKey, module, files, user }: NchanOptions): string {
  return `${module === undefined ? "" : `load_module ${module};\n`}${user === undefined ? "" : `user ${user};\n`}daemon off;
worker_processes auto;
worker_rlimit_nofile ${files};
pid nginx.pid;
error_log stderr error;
events {
  worker_connections ${files};
  multi_accept on;
}
http {
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 120s;
  keepalive_requests 1000000000;
  client_body_temp_path body;
  client_max_body_size 1m;
  client_body_buffer_size 64k;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  nchan_shared_memory_size 512m;
  map_hash_bucket_size 256;
  map $http_authorization $is_publisher {
    default 0;
    "Bearer ${publishKey}" 1;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /publish {
      if ($is_publisher = 0) { return 401; }
      nchan_publisher http;
      nchan_channel_id $arg_channel;
      nchan_message_buffer_length 1000;
      nchan_message_timeout 1m;
    }
    location ~ ^/rooms/(.+)/connect$ {
      nchan_subscriber websocket;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
    }
    location = /connect {
      nchan_subscriber websocket;
      nchan_channel_id user:$arg_user;
      nchan_subscriber_first_message newest;
    }
  }
}
`;
}
